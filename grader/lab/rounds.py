"""The rounds of a `repeat`: messages that are others each time, under names of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import replace

from grader.lab.context import Context
from grader.lab.model import AnyOf, Content, Draw, Formed, Generated, Message, Patterned
from grader.lab.problems import Place
from grader.lab.words import parts_of
from grader.lab.yamlfile import Mapping, Node, Scalar
from grader.lab.yamlfile import Sequence as Items
from reference.templates import Name, Term

MESSAGES_OF = ("send", "receive", "drop")
"""Steps that name messages."""
COUNTER = "i"
"""The value that counts the rounds, from 1."""


def add_round(context: Context, names: Iterable[str], number: int, place: Place) -> Table[str, str]:
    """Add the messages of round `number` to the scenario's own; the new name of each by the old.

    Those are new that are drawn or generated, that count, or that are made of such. What steps
    outside of any `repeat` use, too (`context.fixed`), is the same in all rounds.
    """
    messages = context.messages
    fixed = frozenset(_all_parts(context.fixed, messages))
    varying = [name for name in _all_parts(names, messages) if _varies(name, messages, fixed)]
    own = {name: _name(name, number, messages) for name in varying}
    terms: dict[str, Term] = {name: Name(new) for name, new in own.items()}
    terms[COUNTER] = str(number).encode()
    for name, new in own.items():
        message = messages[name]
        content = _of_round(message.content, own, terms)
        context.own[new] = (place, replace(message, name=new, content=content, round_of=name))
        there = context.unrolled.get(name, ())
        context.unrolled[name] = tuple(dict.fromkeys((*there, new)))
    return own


def _name(name: str, number: int, messages: Table[str, Message]) -> str:
    """The name of a message in a round: `line-2`, or with more signs where the author has such."""
    taken = {one for one, message in messages.items() if not message.round_of}
    signs = "-"
    while any(_is_numbered(one, name + signs) for one in taken):
        signs += "-"
    return f"{name}{signs}{number}"


def _is_numbered(name: str, begin: str) -> bool:
    return name.startswith(begin) and name.removeprefix(begin).isdecimal()


def _all_parts(names: Iterable[str], messages: Table[str, Message]) -> list[str]:
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in messages and name not in found:
            found[name] = None
            waiting += parts_of(messages[name].content)
    return list(found)


def _varies(name: str, messages: Table[str, Message], settled: frozenset[str]) -> bool:
    """Whether it is another in each round; what is `settled` is not, nor what is being asked."""
    if name == COUNTER:
        return True
    if name not in messages or name in settled:
        return False
    content = messages[name].content
    if isinstance(content, Draw | Generated):
        return True
    return any(_varies(part, messages, settled | {name}) for part in parts_of(content))


def named_outside(node: Node) -> Iterator[str]:
    """The messages that steps outside of any `repeat` name, be they there or not."""
    match node:
        case Items(items=items):
            for item in items:
                yield from named_outside(item)
        case Mapping(entries=entries):
            for entry in entries:
                if entry.key in MESSAGES_OF:
                    yield from _words_in(entry.value)
                elif entry.key != "repeat":
                    yield from named_outside(entry.value)


def _words_in(node: Node) -> Iterator[str]:
    for item in node.items if isinstance(node, Items) else (node,):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            yield item.value


def _of_round(
    content: Content | None, own: Table[str, str], terms: Table[str, Term]
) -> Content | None:
    match content:
        case Formed(template=template):
            return Formed(template.with_names(terms))
        case Patterned(template=template, captures=captures):
            return Patterned(template.with_names(terms), captures)
        case AnyOf(names=names):
            return AnyOf(tuple(own.get(name, name) for name in names))
    return content
