"""What a program knows of messages that are no plain words: how it reads them, what it says.

A program reads a message by its form, a pattern made from its template: what is drawn or
generated is taken out of it, under names of the program's own (`v0_1`), so that two scenarios
that call the same thing otherwise ask for the same program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.lab.model import AnyOf, Draw, Formed, Generated, Message, Patterned
from reference import patterns
from reference.framing import Framing, Line, Prefix, Size
from reference.templates import Name, Template, Term

_ANYTHING = "(?:.|\n)*"
_ONE_LINE = "[^\r\n]*"
_MARK = "\x01{}\x02"
"""Stands for a value in a pattern while an example of it is made."""


class CannotKnowError(Exception):
    """A program has to say something that it can't know; `name` says what."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Form:
    """How a message is read: `takes` are the program's names for the groups of `pattern`.

    The first name is that of the whole message. An empty pattern fits anything.
    """

    pattern: str
    takes: tuple[str, ...]
    framing: Framing | None


@dataclass
class Knowledge:
    """What a program knows after what it has read and said so far, in one path."""

    messages: Mapping[str, Message]
    known: dict[str, Term] = field(default_factory=dict)
    """By the lab's name, what the program has instead: a name of its own, or bytes."""
    reads: int = 0

    def read(self, name: str) -> Form:
        """Read a message: how, and from now on its values are known."""
        groups: list[str] = []
        number, self.reads = self.reads, self.reads + 1
        message = self._chosen(name)
        pattern = self._form(message, groups, number)
        if isinstance(message.content, Draw | Generated):
            pattern = ""
        if isinstance(message.framing, Line):  # what is read has lost its end
            for mark in (b"\n", b"\r"):
                pattern = pattern.removesuffix(patterns.quoted(mark))
        takes = [f"v{number}"]
        self.known[name] = self.known[message.name] = Name(takes[0])
        for at, group in enumerate(groups):
            takes.append(f"v{number}_{at}")
            self.known[group] = Name(takes[-1])
        return Form(pattern if pattern else "", tuple(takes), self._framing(message))

    def _chosen(self, name: str) -> Message:
        message = self.messages[name]
        while isinstance(message.content, AnyOf):
            message = self.messages[message.content.names[0]]
        return message

    def _framing(self, message: Message) -> Framing | None:
        """Where it ends; what is always as long is read so."""
        if message.framing is not None:
            return message.framing
        if isinstance(message.content, Generated):
            return Size(message.content.size)
        if message.content is None:
            return Size(len(message.text.encode()))
        template = message.content.template if isinstance(message.content, Formed) else None
        if template is not None and not template.names:
            return Size(len(template.render({})))
        return None

    def _form(self, message: Message, groups: list[str], number: int) -> str:
        content = message.content
        if content is None:
            return patterns.quoted(message.text.encode())
        if isinstance(content, Formed):
            return "".join(self._part(part, groups, number) for part in content.template.parts)
        return _ANYTHING

    def _part(self, part: Term, groups: list[str], number: int) -> str:
        if isinstance(part, bytes):
            return patterns.quoted(part)
        if not isinstance(part, Name) or part.name not in self.messages:
            said = self._own(part)
            return _ANYTHING if said is None else patterns.quoted(said)
        message = self._chosen(part.name)
        if not isinstance(message.content, Draw | Generated):
            return self._form(message, groups, number)
        if message.name in self.known or message.name in groups:
            return _ONE_LINE if isinstance(message.content, Draw) else _ANYTHING
        groups.append(message.name)
        inner = _ANYTHING if isinstance(message.content, Generated) else _ONE_LINE
        if isinstance(message.content, Draw) and message.content.kind == "number":
            inner = "[0-9]+"
        return f"(?P<v{number}_{len(groups) - 1}>{inner})"

    def _own(self, part: Term) -> bytes | None:
        """What stands there where that is made of values that the program has chosen itself."""
        values = {name: self.known.get(name) for name in Template((part,)).names}
        if any(not isinstance(value, bytes) for value in values.values()):
            return None
        return Template((part,)).render({k: v for k, v in values.items() if isinstance(v, bytes)})

    # --- what it says --------------------------------------------------------------------

    def said(self, name: str) -> Template:
        """What the program says for a message, in values that it knows.

        Raises:
            CannotKnowError: there is something in it that it can't know.
        """
        message = self._chosen(name)
        if isinstance(message.content, Patterned):
            return self._example(message.content)
        return Template((self._value(message.name),))

    def framing(self, name: str, made: Template) -> Framing | None:
        """How the program frames what it says; None where that adds nothing to its bytes."""
        framing = self._chosen(name).framing
        if framing is None or isinstance(framing, Prefix):
            return framing
        try:
            body = made.render(dict.fromkeys(made.names, b""))
        except ValueError:
            return framing
        return None if framing.wrapped(body) == body else framing

    def _value(self, name: str) -> Term:
        """The value of that name as a term of what is known."""
        if name in self.known:
            return self.known[name]
        if name not in self.messages:
            raise CannotKnowError(name)
        message = self._chosen(name)
        match message.content:
            case None:
                return message.text.encode()
            case Formed(template=template):
                values = {n: self._value(n) for n in template.names}
                return template.with_names(values).as_term()
        raise CannotKnowError(name)

    def _example(self, content: Patterned) -> Template:
        """Something that the pattern matches; what it captures is known from now on."""
        values = {name: self._value(name) for name in content.template.names}
        marks = {name: _MARK.format(i).encode() for i, name in enumerate(values)}
        literal = {name: patterns.quoted(mark).encode() for name, mark in marks.items()}
        text = content.template.render(literal).decode()
        example = patterns.example(text)
        of_mark = {mark: values[name] for name, mark in marks.items()}
        for name, taken in (patterns.compiled(text).match(example) or {}).items():
            self.known[name] = _unmarked(taken, of_mark).as_term()
        return _unmarked(example, of_mark)


def _unmarked(data: bytes, values: Mapping[bytes, Term]) -> Template:
    """The bytes with values where their marks stand."""
    parts: list[Term] = [data]
    for mark, value in values.items():
        split: list[Term] = []
        for part in parts:
            if not isinstance(part, bytes):
                split.append(part)
                continue
            for number, piece in enumerate(part.split(mark)):
                split += [value] if number else []
                split += [piece] if piece else []
        parts = split
    return Template(tuple(parts))


def with_port(messages: Mapping[str, Message], port: int) -> Mapping[str, Message]:
    """The messages, and the value that every template may take."""
    value = Message(name="port", text=str(port))
    return {"port": value, **{name: replace(m) for name, m in messages.items()}}
