"""What the messages of one run are: the bytes to send, where a message ends, whether it is right.

The reference plays with it and the judge judges with it: `heard` are the values that were taken
out of what the program sent, by name, wherever they come from. Everything here is pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from grader.decodings import printable
from grader.judge.model import Status
from grader.lab.draws import generated
from grader.lab.model import (
    AnyOf,
    Compare,
    Draw,
    Formed,
    Generated,
    Lab,
    Message,
    Patterned,
    Scenario,
    Tolerance,
)
from grader.matching import Match, compare, fold, length_in
from reference import patterns
from reference.framing import Line, Until
from reference.script import Heard, LengthIn
from reference.templates import Name, RenderError, Template, Term, UnknownValueError, Values

NOTHING: Heard = {}
LETTERS_FOR_AN_EDIT = 6
"""So many letters must a text have for each one that may be wrong: « OK » has no misspelling."""
SHORT = 12
"""Letters below which a text could be a part of any other: it must stand alone."""
_ORDER = (Status.PASS, Status.PARTIAL, Status.FAIL)
_RIGHT = _ORDER[:2]
_LONE_LF = re.compile(rb"(?<!\r)\n")


@dataclass(frozen=True)
class Answer:
    """How what came compares with a message, and what was taken out of it."""

    match: Match
    body: bytes
    """What came, without its framing."""
    expected: bytes | None
    """None where bytes do not say it: a pattern, or a value that is not known."""
    whole: bool = True
    """Whether it had its end."""
    bare: bool = False
    """Whether its end was LF where CR LF is asked for; then it is not whole."""
    heard: Heard = field(default_factory=dict)


class Words:
    """The messages of one run; `texts` are the run's (`lab.texts`)."""

    def __init__(
        self,
        messages: Mapping[str, Message],
        texts: Mapping[str, str],
        tolerance: Tolerance,
        port: int,
        path: str = "",
    ) -> None:
        self.messages = messages
        self._texts, self._tolerance, self._port = texts, tolerance, port
        self._path = path

    def value(self, name: str, heard: Heard = NOTHING) -> bytes:
        """A message's own bytes, or a value of that name.

        Raises:
            RenderError: it is not known (yet), or can't be computed.
        """
        if name in heard:
            return heard[name]
        if name == "port":
            return str(self._port).encode()
        message = self.messages.get(name)
        if message is None and name == "path" and self._path:
            return self._path.encode()
        content = message.content if message is not None else None
        match content:
            case Formed(template=template):
                return self.rendered(template, heard)
            case Generated(size=size, kind=kind):
                return generated(self._texts.get(name, ""), size, kind)
            case AnyOf(names=names):
                return self.value(names[0], heard)
            case Patterned():
                raise UnknownValueError(name)
        if message is None:
            raise UnknownValueError(name)
        return self._texts.get(name, message.text).encode()

    def rendered(self, template: Template, heard: Heard = NOTHING) -> bytes:
        """A text with its values.

        Raises:
            RenderError: as `value`.
        """
        return template.render(_Values(self, heard))

    def framed(self, name: str, heard: Heard = NOTHING) -> bytes:
        """The bytes to send for a message.

        Raises:
            RenderError: as `value`.
        """
        framing = self.messages[name].framing
        value = self.value(name, heard)
        return value if framing is None else framing.wrapped(value)

    def takes(self, name: str) -> frozenset[str]:
        """The values that must be heard before the message is known."""
        return frozenset(n for n in self._names(name) if n != name and self._is_heard(n))

    def _is_heard(self, name: str) -> bool:
        """Whether it is a value that is captured; a pattern may have the name of its own."""
        message = self.messages.get(name)
        if message is None:
            return name != "port" and not (name == "path" and self._path)
        return isinstance(message.content, Patterned)

    def _names(self, name: str) -> Iterator[str]:
        """All that it is made of, itself first (the loader has refused rings)."""
        yield name
        content = self.messages[name].content if name in self.messages else None
        for other in parts_of(content):
            if isinstance(content, AnyOf):
                yield from self.takes(other)
            elif self._is_heard(other):
                yield other
            else:
                yield from self._names(other)

    def captures(self, name: str) -> tuple[str, ...]:
        """The values that are taken out of the message when it has come."""
        content = self.messages[name].content
        if isinstance(content, AnyOf):
            return tuple(value for each in content.names for value in self.captures(each))
        return content.captures if isinstance(content, Patterned) else ()

    def is_by_words(self, name: str) -> bool:
        """Whether it is told from what surrounds it by its words, as tolerance has it."""
        message = self.messages[name]
        if isinstance(message.content, AnyOf):
            return all(map(self.is_by_words, message.content.names))
        return message.framing is None and message.compare is Compare.TOLERANT

    def tolerance(self, name: str, text: str) -> Tolerance:
        """The lab's tolerance, less where a letter or a digit more makes another message."""
        return _tolerance(self._tolerance, self.messages[name], text)

    def length_in(self, name: str, heard: Heard = NOTHING) -> LengthIn:
        """How many bytes of a stream the message takes, once it is complete; None before."""
        message = self.messages[name]
        if message.framing is not None:
            return message.framing.length_in
        if isinstance(message.content, AnyOf):
            return _first_of([self.length_in(each, heard) for each in message.content.names])
        try:
            value = self.value(name, heard)
        except RenderError:
            return _never
        if message.compare is Compare.TOLERANT:
            text = value.decode("utf-8", "replace")
            return length_in(text, self.tolerance(name, text))
        size = len(value)
        return lambda stream: size if len(stream) >= size else None

    def may_lack_cr(self, name: str) -> bool:
        """Whether the message ends with CR LF alone, so that a lone LF may be meant for it."""
        framing = self.messages[name].framing
        return isinstance(framing, Until) and framing.bare_mark == b"\n"

    def rest_in(self, name: str, stream: bytes, heard: Heard = NOTHING) -> int:
        """How many bytes the message takes of what came without its end.

        All of it, or a line that ends with LF where CR LF is asked for: what is behind it is
        the next message, unless all together is right.
        """
        end = stream.find(b"\n") + 1 if self.may_lack_cr(name) else 0
        if end in (0, len(stream)) or self.answer(name, stream, heard).match.status in _RIGHT:
            return len(stream)
        return end

    def answer(self, name: str, frame: bytes, heard: Heard = NOTHING) -> Answer:
        """How the bytes of a message compare with what is expected."""
        message = self.messages[name]
        if isinstance(message.content, AnyOf):
            found = [self.answer(each, frame, heard) for each in message.content.names]
            return min(found, key=lambda answer: _ORDER.index(answer.match.status))
        framing = message.framing
        body = frame if framing is None else framing.body_in(frame)
        whole = framing is None or framing.is_whole(frame)
        try:
            answer = self._compared(name, message, body, heard)
        except (RenderError, patterns.PatternError):
            return Answer(_plain(Status.FAIL, body), body, None, whole)
        if not whole and isinstance(framing, Until):
            answer = self._mended(name, message, framing, frame, answer, heard)
        if not whole:
            # Whoever reads by this framing would still wait for the end; by a length, or just
            # for its mark, which may be forgiven.
            marked = isinstance(framing, Line | Until) and framing.announced(frame) is None
            status = answer.match.status if marked else Status.FAIL
            status = Status.PARTIAL if status is Status.PASS else status
            answer = replace(answer, match=replace(answer.match, status=status))
        return replace(answer, whole=whole)

    def fits(self, name: str, frame: bytes, heard: Heard = NOTHING) -> int:
        """How far the bytes are the message: `choices.WRONG`, `PARTLY` or `RIGHT`."""
        return len(_ORDER) - 1 - _ORDER.index(self.answer(name, frame, heard).match.status)

    def _mended(
        self, name: str, message: Message, framing: Until, frame: bytes, strict: Answer,
        heard: Heard,
    ) -> Answer:  # fmt: skip
        """The answer with LF taken for CR LF, where that does it more justice."""
        if framing.bare_mark is None or not frame.endswith(framing.bare_mark):
            return strict
        meant = _LONE_LF.sub(b"\r\n", frame)
        if not meant.endswith(framing.mark):
            return strict  # some of its line ends are right, and not this one
        body = framing.body_in(meant)
        loose = self._compared(name, message, body, heard)
        if _ORDER.index(loose.match.status) > _ORDER.index(strict.match.status):
            return strict
        return replace(loose, body=frame.removesuffix(framing.bare_mark), bare=True)

    def is_right(self, name: str, body: bytes, heard: Heard = NOTHING) -> bool:
        """Whether a message without its framing is just this one."""
        try:
            answer = self._compared(name, self.messages[name], body, heard)
        except (RenderError, patterns.PatternError):
            return False
        whole = "extra-output" not in answer.match.remarks
        return answer.match.status is Status.PASS and whole

    def _compared(self, name: str, message: Message, body: bytes, heard: Heard) -> Answer:
        if isinstance(message.content, Patterned):
            text = self.pattern(message.content.template, heard)
            taken = _compiled(text).match(body)
            status = Status.FAIL if taken is None else Status.PASS
            return Answer(_plain(status, body), body, None, heard=taken or {})
        value = self.value(name, heard)
        if isinstance(message.framing, Line | Until):  # a mark that stands in the lab is no word
            value = message.framing.body_in(message.framing.wrapped(value))
        if message.compare is Compare.TOLERANT:
            text = value.decode("utf-8", "replace")
            match = compare(text, body, self.tolerance(name, text))
            if is_short(text) and match.status is not Status.FAIL:
                match = replace(match, status=_alone(text, body, match.status))
            return Answer(match, body, value)
        same = value == body
        if message.compare is Compare.IGNORE_CASE:
            same = _folded(value) == _folded(body)
        status = Status.PASS if same else Status.FAIL
        return Answer(_plain(status, body, _difference(value, body)), body, value)

    def pattern(self, template: Template, heard: Heard = NOTHING) -> str:
        """The text of a pattern, with the values in it, once computed, taken literally.

        Raises:
            RenderError: a value is not known, or can't be computed.
        """
        values = _Values(self, heard)

        def literal(term: Term) -> bytes:
            return patterns.quoted(Template((term,)).render(values)).encode()

        return template.with_terms(literal).decode()


def words_of(lab: Lab, scenario: Scenario, texts: Mapping[str, str]) -> Words:
    """The messages of a run of a scenario."""
    messages = lab.within(scenario).messages
    return Words(messages, texts, lab.tolerance, lab.port, scenario.path)


class _Values(Values):
    """Messages and heard values as templates ask for them."""

    def __init__(self, words: Words, heard: Heard) -> None:
        self._words, self._heard = words, heard

    def __getitem__(self, name: str) -> bytes:
        return self._words.value(name, self._heard)

    def __contains__(self, name: object) -> bool:
        return True  # what is not known says so itself, by its own name

    def __iter__(self) -> Iterator[str]:
        return iter(self._words.messages)

    def __len__(self) -> int:
        return len(self._words.messages)


def is_short(text: str) -> bool:
    """Whether it has so few letters that it may stand within another text by chance."""
    return len(fold(text).replace(" ", "")) < SHORT


def _alone(text: str, body: bytes, status: Status) -> Status:
    """The verdict on a short text, which has to be all that came."""
    came = printable(body.strip(b"\0 \t\r\n").decode("utf-8", "replace"))
    return status if fold(came) == fold(text) else Status.FAIL


def parts_of(content: object) -> tuple[str, ...]:
    """The names that a message's content is made of."""
    match content:
        case Formed(template=template) | Patterned(template=template):
            return tuple(sorted(template.names))
        case AnyOf(names=names):
            return names
    return ()


def _tolerance(tolerance: Tolerance, message: Message, text: str) -> Tolerance:
    edits = min(tolerance.edits, len(fold(text).replace(" ", "")) // LETTERS_FOR_AN_EDIT)
    match message.content:
        case Formed(template=template) if any(not isinstance(p, bytes | Name)
                                              for p in template.parts):  # fmt: skip
            edits = 0
        case Draw(kind="number" | "hex"):
            edits = 0
    return tolerance if edits == tolerance.edits else replace(tolerance, edits=edits)


def _first_of(lengths: list[LengthIn]) -> LengthIn:
    def length(stream: bytes) -> int | None:
        found = [size for each in lengths if (size := each(stream)) is not None]
        return max(found, default=None)

    return length


def _never(_stream: bytes) -> None:
    return None


@lru_cache(maxsize=64)
def _compiled(text: str) -> patterns.Pattern:
    return patterns.compiled(text)


def _folded(value: bytes) -> bytes:
    try:
        return value.decode().casefold().encode()
    except UnicodeDecodeError:
        return value.lower()


def _plain(status: Status, body: bytes, difference: int | None = None) -> Match:
    shown = printable(body[:4096].decode("utf-8", "replace"))
    return Match(status, shown, slice(0, len(body)), (), difference)


def _difference(one: bytes, other: bytes) -> int | None:
    if one == other:
        return None
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
