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
from reference.framing import Framing, Line, Prefix, Size, Until
from reference.templates import Computed, Name, Template, Term

_ANYTHING = "(?:.|\n)*"
_ONE_LINE = "[^\r\n]*"
_MARK = "\x01{}\x02"
"""Stands for a value in a pattern while an example of it is made."""


Groups = dict[str, tuple[str, ...]]
"""What is taken out of a message: the lab's name of each value, and what undoes its coding."""
_SIZES = {"u8": 1, "u16": 2, "u32": 4}
_UNDONE = {**dict.fromkeys(_SIZES, "number"), "hex": "unhex"}
"""Codings that a reader undoes, and by which function."""


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
        groups: Groups = {}
        number, self.reads = self.reads, self.reads + 1
        message = self._chosen(name)
        pattern = self._form(message, groups, number)
        if isinstance(message.content, Draw | Generated):
            pattern = ""
        for mark in _ends(message.framing):  # what is read has lost its end
            pattern = pattern.removesuffix(patterns.quoted(mark))
        takes = [f"v{number}"]
        self.known[name] = self.known[message.name] = Name(takes[0])
        for at, (group, undone) in enumerate(groups.items()):
            takes.append(f"v{number}_{at}")
            term: Term = Name(takes[-1])
            for function in undone:
                term = Computed(function, (term,))
            self.known[group] = term
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

    def _form(self, message: Message, groups: Groups, number: int) -> str:
        content = message.content
        if content is None:
            return patterns.quoted(message.text.encode())
        if isinstance(content, Formed):
            return "".join(self._part(part, groups, number) for part in content.template.parts)
        return _ANYTHING

    def _part(self, part: Term, groups: Groups, number: int) -> str:
        if isinstance(part, bytes):
            return patterns.quoted(part)
        part, coded = _decoded(part)
        if not isinstance(part, Name) or part.name not in self.messages:
            said = self._own(_coded(part, coded))
            return _ANYTHING if said is None else patterns.quoted(said)
        message = self._chosen(part.name)
        if not isinstance(message.content, Draw | Generated):
            return _ANYTHING if coded else self._form(message, groups, number)
        inner = _shape(message.content, coded)
        if message.name in self.known or message.name in groups:
            return _ONE_LINE if inner == "[0-9]+" else inner
        groups[message.name] = tuple(_UNDONE[function] for function in coded)
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

    def filled(self, template: Template) -> Template:
        """A text of the lab in values that the program knows.

        Raises:
            CannotKnowError: as `said`.
        """
        return template.with_names({name: self._value(name) for name in template.names})

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
        of_mark: dict[bytes, Term] = {}

        def marked(term: Term) -> bytes:
            mark = _MARK.format(len(of_mark)).encode()
            of_mark[mark] = Template((term,)).with_names(values).as_term()
            return patterns.quoted(mark).encode()

        text = content.template.with_terms(marked).decode()
        example = patterns.example(text)
        for name, taken in (patterns.compiled(text).match(example) or {}).items():
            self.known[name] = _unmarked(taken, of_mark).as_term()
        return _unmarked(example, of_mark)


def _decoded(term: Term) -> tuple[Term, tuple[str, ...]]:
    """What stands behind codings that can be undone, and these, the last one first."""
    coded: list[str] = []
    while isinstance(term, Computed) and term.function in _UNDONE:
        coded.append(term.function)
        (term,) = term.of
    return term, tuple(coded)


def _coded(term: Term, coded: tuple[str, ...]) -> Term:
    for function in reversed(coded):
        term = Computed(function, (term,))
    return term


def _shape(content: Draw | Generated, coded: tuple[str, ...]) -> str:
    """The pattern of a value that was drawn or generated, in its coding."""
    if not coded:
        if isinstance(content, Generated):
            return _ANYTHING
        return "[0-9]+" if content.kind == "number" else _ONE_LINE
    digits = coded.count("hex")
    one = "[0-9a-f]" if digits else "(?:.|\n)"
    size = _SIZES.get(coded[-1])
    return f"{one}*" if size is None else f"{one}{{{size * 2**digits}}}"


def _ends(framing: Framing | None) -> tuple[bytes, ...]:
    """What is taken off the end of a frame, one after the other, to have its body."""
    match framing:
        case Line():
            return b"\n", b"\r"
        case Until(mark=mark, header=None):
            return (mark,)
    return ()


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


def with_port(messages: Mapping[str, Message], port: int, path: str = "") -> Mapping[str, Message]:
    """The messages, and the values that every template may take."""
    always = {"port": Message(name="port", text=str(port))}
    if path:
        always["path"] = Message(name="path", text=path)
    return {**always, **{name: replace(m) for name, m in messages.items()}}
