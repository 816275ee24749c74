"""The section `messages:` of lab.yaml and of a scenario, and `framing:`.

A message is plain words, or one of the kinds of `fields.MESSAGE`. That names in templates
exist, and that no message is made of itself, is told when all are read (`check_names`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import cast

from grader.lab import fields as known
from grader.lab import values
from grader.lab.draws import LONGEST_WORD, MOST_GENERATED
from grader.lab.model import (
    AnyOf,
    Compare,
    Content,
    Draw,
    Formed,
    Generated,
    Message,
    Patterned,
)
from grader.lab.problems import Place, Problems, meant, shown
from grader.lab.values import Fields
from grader.lab.words import parts_of
from grader.lab.yamlfile import Broken, Node, Scalar
from grader.lab.yamlfile import Mapping as Tree
from reference import framing as framings
from reference import patterns, templates
from reference.framing import Framing

MAX_MESSAGE = 32 * 1024
"""Bytes of a message that stands in a lab: two of them still fit in one send of 64 kB."""
ALWAYS = ("port",)
"""Values that every template may have; within `repeat`, `i` too."""
_MESSAGE_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}\s*)+")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
_GREATEST = 10**9
_PREFIXES = {"u8": 1, "u16": 2, "u32": 4}

Placed = dict[str, tuple[Place, Message]]


@dataclass(frozen=True)
class _Reading:
    """What is needed for one message: where it is, what is usual here."""

    name: str
    problems: Problems
    language: str
    framing: Framing | None
    inline: Placed

    def tell(self, node: Node, message: str) -> None:
        self.problems.add(node.place, f"the message {shown(self.name)}: {message}")


def read_messages(
    node: Node, problems: Problems, language: str, framing: Framing | None = None
) -> Placed:
    """Read a section `messages:`; `framing` is the lab's."""
    if not isinstance(node, Tree):
        values.wrong_kind(node, problems, "messages", "`name: text` lines")
        return {}
    messages: Placed = {}
    for entry in node.entries:
        if not _MESSAGE_NAME.fullmatch(entry.key):
            problems.add(
                entry.place,
                f"a message's name is made of a-z, 0-9, '-' and '_', not {shown(entry.key)}",
            )
        elif entry.key == "end":
            problems.add(entry.place, "'end' means the end of the connection; name it otherwise")
        elif entry.key in (*ALWAYS, "i"):
            problems.add(entry.place, f"'{entry.key}' is a value already; name it otherwise")
        reading = _Reading(entry.key, problems, language, framing, messages)
        messages[entry.key] = (entry.place, _message(entry.value, reading))
    if not messages:
        problems.add(node.place, "there is no message")
    return messages


def _message(node: Node, reading: _Reading) -> Message:
    if isinstance(node, Tree):
        return _of_kind(node, reading)
    text = values.text(node, reading.problems, f"the message {shown(reading.name)}")
    if len(text.encode()) > MAX_MESSAGE:
        reading.problems.add(node.place, f"a message takes at most {MAX_MESSAGE} bytes")
    elif text and reading.framing is None and not any(map(str.isalnum, text)):
        reading.problems.add(node.place, "a message needs a letter or a digit to be known by")
    if "{{" in text:
        content = _formed(text, node, reading)
        return Message(name=reading.name, text="", content=content, framing=reading.framing)
    return Message(name=reading.name, text=text, framing=reading.framing)


def _of_kind(node: Tree, reading: _Reading) -> Message:
    problems = reading.problems
    what = f"the message {shown(reading.name)}"
    fields = Fields(node, problems, what, known.names(known.MESSAGE))
    kinds = [key for key in fields.keys if key in known.KINDS]
    if len(kinds) != 1:
        reading.tell(node, f"needs one of: {', '.join(known.KINDS)}")
        return Message(name=reading.name)
    kind = kinds[0]
    _check_belongs(node, kind, reading)
    framing = reading.framing
    if given := fields.get("framing"):
        framing = read_framing(given, problems)
    content = _content(kind, fields, replace(reading, framing=framing))
    compare = Compare.TOLERANT if _is_words(content) else Compare.EXACT
    if chosen := fields.get("compare"):
        words = known.options(known.MESSAGE, "compare")
        compare = Compare(values.choice(chosen, problems, "compare", words))
    says = fields.get("says")
    if kind == "pattern" and framing is None and isinstance(content, Patterned):
        reading.tell(
            node, "a pattern does not say where the message ends; add `framing: line`, or another"
        )
    return Message(
        name=reading.name,
        content=content,
        framing=framing,
        compare=compare,
        says=values.people(says, problems, "says", reading.language) if says else None,
    )


def _is_words(content: Content | None) -> bool:
    """What is compared with tolerance unless said otherwise: sentences, not numbers or bytes."""
    if isinstance(content, Draw):
        return content.kind in ("text", "name")
    return isinstance(content, AnyOf)


def _check_belongs(node: Tree, kind: str, reading: _Reading) -> None:
    """Keys that mean something for another kind only."""
    for entry in node.entries:
        if entry.key in ("length", "from", "to") and kind != "draw":
            reading.problems.add(entry.place, f"'{entry.key}' belongs to `draw`, not to `{kind}`")
        if entry.key == "compare" and kind in ("pattern", "any"):
            reading.problems.add(entry.place, f"'compare' does not belong to `{kind}`")


def _content(kind: str, fields: Fields, reading: _Reading) -> Content | None:
    node = fields.need(kind)
    match kind:
        case "text":
            text = values.characters(node, reading.problems, "text")
            if len(text.encode()) > MAX_MESSAGE:
                reading.tell(node, f"takes at most {MAX_MESSAGE} bytes")
            return _formed(text, node, reading)
        case "hex":
            return _hex(node, reading)
        case "generate":
            return _generated(node, reading)
        case "draw":
            return _draw(node, fields, reading)
        case "pattern":
            return _pattern(node, reading)
    return _any_of(node, reading)


def _formed(text: str, node: Node, reading: _Reading) -> Formed | None:
    try:
        return Formed(templates.parse(text))
    except templates.UnknownFunctionError as error:
        there = tuple(function.name for function in templates.FUNCTIONS)
        reading.tell(node, f"{error}{meant(error.name, there)}")
    except templates.TemplateError as error:
        reading.tell(node, f"in {shown(text[error.at :])}: {error}")
    return None


def _hex(node: Node, reading: _Reading) -> Formed | None:
    digits = node.value if isinstance(node, Scalar) else None
    if not isinstance(digits, str) or not _HEX.fullmatch(digits):
        if not isinstance(node, Broken):
            reading.tell(node, 'hex takes pairs of digits in quotes, such as "00 01 ff"')
        return None
    return Formed(templates.Template((bytes.fromhex(digits),)))


def _generated(node: Node, reading: _Reading) -> Generated:
    fields = Fields(node, reading.problems, "generate", known.names(known.GENERATE))
    size = values.size(given := fields.need("size"), reading.problems, "size")
    if size > MOST_GENERATED:
        reading.tell(given, f"at most {MOST_GENERATED >> 20} MiB can be generated")
        size = 1
    kind = "bytes"
    if chosen := fields.get("kind"):
        words = known.options(known.GENERATE, "kind")
        kind = values.choice(chosen, reading.problems, "kind", words)
    return Generated(size=size, kind=cast("object", kind))  # type: ignore[arg-type]  # a choice


def _draw(node: Node, fields: Fields, reading: _Reading) -> Draw | None:
    problems = reading.problems
    kind = values.choice(node, problems, "draw", known.options(known.MESSAGE, "draw"))
    numbers = {"from": 1, "to": 999, "length": 0}
    for key in numbers:
        if given := fields.get(key):
            numbers[key] = values.whole(given, problems, key, 0, _GREATEST)
            belongs = kind in ("word", "text", "hex") if key == "length" else kind == "number"
            if not belongs:
                problems.add(given.place, f"'{key}' does not belong to `draw: {kind}`")
    if numbers["to"] < numbers["from"]:
        reading.tell(node, "'to' must not be less than 'from'")
        return None
    longest = LONGEST_WORD if kind in ("word", "hex") else MAX_MESSAGE
    if numbers["length"] > longest:
        reading.tell(node, f"a {kind} is drawn with at most {longest}")
        return None
    return Draw(
        kind=kind,  # type: ignore[arg-type]  # one of the table's words
        length=numbers["length"], low=numbers["from"], high=numbers["to"],
    )  # fmt: skip


def _pattern(node: Node, reading: _Reading) -> Patterned | None:
    text = values.text(node, reading.problems, "pattern")
    try:
        template = templates.parse(text)
        tried = template.with_terms(lambda _: b"x").decode()
        return Patterned(template, patterns.compiled(tried).names)
    except templates.TemplateError as error:
        reading.tell(node, f"the pattern: {error}")
    except patterns.PatternError as error:
        reading.tell(node, f"the pattern, at {shown(tried[error.at :])}: {error}")
    return None


def _any_of(node: Node, reading: _Reading) -> AnyOf:
    """Names, or messages written on the spot."""
    found: list[str] = []
    for number, item in enumerate(values.items(node, reading.problems, "any"), 1):
        if isinstance(item, Tree):
            inline = replace(reading, name=f"{reading.name}/{number}")
            reading.inline[inline.name] = (item.place, _of_kind(item, inline))
            found.append(inline.name)
        else:
            found.append(values.text(item, reading.problems, "any"))
    return AnyOf(tuple(found))


# --- framings ----------------------------------------------------------------------------


def read_framing(node: Node, problems: Problems) -> Framing | None:
    """Read `framing:`; None is `text`."""
    if not isinstance(node, Tree):
        word = values.choice(node, problems, "framing", known.PLAIN_FRAMINGS)
        plain = {"line": framings.Line(), "rest": framings.Rest(), "datagram": framings.Datagram()}
        return plain.get(word)
    own = [name for name in known.names(known.FRAMINGS) if name not in known.PLAIN_FRAMINGS]
    fields = Fields(node, problems, "framing", own)
    kinds = [key for key in fields.keys if key in ("until", "length-prefix", "size")]
    if len(kinds) != 1:
        problems.add(node.place, "framing needs one of: until, length-prefix, size")
        return None
    for key, to in (("then", "until"), ("order", "length-prefix")):
        if (beside := fields.get(key)) and kinds[0] != to:
            problems.add(beside.place, f"'{key}' belongs to `{to}`")
    match kinds[0]:
        case "until":
            return _until(fields, problems)
        case "size":
            return framings.Size(values.size(fields.need("size"), problems, "size"))
    word = values.choice(fields.need("length-prefix"), problems, "length-prefix", tuple(_PREFIXES))
    order = "big"
    if given := fields.get("order"):
        order = values.choice(given, problems, "order", known.options(known.FRAMINGS, "order"))
    return framings.Prefix(_PREFIXES[word], order)  # type: ignore[arg-type]  # of the table


def _until(fields: Fields, problems: Problems) -> Framing:
    mark = values.characters(fields.need("until"), problems, "until")
    header = None
    if then := fields.get("then"):
        name = Fields(then, problems, "then", ("header",)).need("header")
        form = "a header's name, such as Content-Length"
        header = values.word(name, problems, "header", _HEADER, form)
    return framings.Until(mark.encode() or b"\n", header)


# --- all together ------------------------------------------------------------------------


def captured(messages: Mapping[str, Message]) -> tuple[str, ...]:
    """The values that patterns among them take out."""
    found: dict[str, None] = {}
    for message in messages.values():
        if isinstance(message.content, Patterned):
            found |= dict.fromkeys(message.content.captures)
    return tuple(found)


def check_names(
    placed: Placed, others: Mapping[str, Message], problems: Problems, extra: Collection[str] = ()
) -> None:
    """Tell names that nothing has, messages made of themselves, and values named as messages.

    `others` are the messages that these may use besides each other, `extra` further values.
    """
    messages = {**others, **{name: message for name, (_, message) in placed.items()}}
    taken = captured(messages)
    values_there = (*messages, *taken, *ALWAYS, *extra)
    for name, (place, message) in placed.items():
        of = messages if isinstance(message.content, AnyOf) else values_there
        for part in parts_of(message.content):
            if part not in of:
                what = "alternative" if isinstance(message.content, AnyOf) else "value"
                hint = meant(part, tuple(of))
                problems.add(place, f"the message {shown(name)}: no {what} {shown(part)}{hint}")
        if _is_ring(name, messages):
            problems.add(place, f"the message {shown(name)} is made of itself")
        _check_kinds(name, message, place, messages, problems)
    for value in taken:
        if _is_taken(value, placed) or value in (*ALWAYS, "i"):
            place = placed[value][0] if value in placed else next(iter(placed.values()))[0]
            problems.add(place, f"{shown(value)} is captured by a pattern, too: name it otherwise")


def _is_taken(value: str, placed: Placed) -> bool:
    """Whether a message has the name of the value, and is not the pattern that captures it."""
    message = placed[value][1] if value in placed else None
    if message is None:
        return False
    return not isinstance(message.content, Patterned) or value not in message.content.captures


def _is_ring(name: str, messages: Mapping[str, Message]) -> bool:
    waiting, seen = [name], set[str]()
    while waiting:
        message = messages.get(waiting.pop())
        for part in parts_of(message.content) if message else ():
            if part == name:
                return True
            if part in messages and isinstance(messages[part].content, Patterned):
                continue
            if part not in seen:
                seen.add(part)
                waiting.append(part)
    return False


def _check_kinds(
    name: str, message: Message, place: Place, messages: Mapping[str, Message], problems: Problems
) -> None:
    """Alternatives end alike; a template takes no pattern."""
    parts = [messages[part] for part in parts_of(message.content) if part in messages]
    if isinstance(message.content, AnyOf):
        if len({part.framing for part in parts}) > 1:
            problems.add(place, f"the alternatives of {shown(name)} must have the same framing")
        return
    for part in parts:
        if isinstance(part.content, Patterned) and part.name not in part.content.captures:
            problems.add(
                place,
                f"the message {shown(name)}: {shown(part.name)} is a pattern; use a value that it"
                " captures: (?P<name>...)",
            )
