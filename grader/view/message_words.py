"""A message of a lab in words, for people who are to write a program that speaks so."""

from __future__ import annotations

from typing import Literal

from grader.lab.model import AnyOf, Draw, Formed, Generated, Lab, Patterned
from grader.view.bytes_view import literal
from grader.view.script_words import script_words
from grader.view.words import byte_count
from reference.framing import Datagram, Framing, Line, Prefix, Rest, Size, Until
from reference.templates import Computed, Name, RenderError, Template, Term

Kind = Literal["words", "told"]
_DEEPEST = 8
_LONGEST = 200
"""Bytes of a computed text that is written out."""


def kind_of(lab: Lab, name: str, language: str) -> Kind:
    """Whether what `content_of` gives is the message itself, or words about it."""
    message = lab.messages[name]
    if message.says is not None:
        return "told"
    return "words" if message.content is None or isinstance(message.content, Formed) else "told"


def content_of(lab: Lab, name: str, language: str, depth: int = 0) -> str:
    """What the message says: its own text with escapes, or words about it."""
    message, words = lab.messages[name], script_words(language)
    if message.says is not None:
        return message.says.in_language(language)
    match message.content:
        case None:
            return literal(message.text.encode())
        case Formed(template=template):
            return _of_template(lab, template)
        case Generated(size=size, kind=kind):
            return words[f"generate_{kind}"].format(size=byte_count(size, language))
        case Draw(kind=kind, low=low, high=high):
            return words[f"draw_{kind}"].format(low=low, high=high)
        case Patterned(template=template):
            return words["pattern"].format(pattern=_of_template(lab, template))
        case AnyOf(names=names) if depth < _DEEPEST:
            return words["or"].join(content_of(lab, each, language, depth + 1) for each in names)
    return name


def _of_template(lab: Lab, template: Template) -> str:
    return "".join(_part(lab, part) for part in template.parts)


def _part(lab: Lab, term: Term) -> str:
    """The text itself, also where it is computed of what stands in the lab; else how it is."""
    constant = _constant(lab, term)
    return f"{{{_term(term)}}}" if constant is None else literal(constant)


def _constant(lab: Lab, term: Term, depth: int = 0) -> bytes | None:
    """What it comes to for everybody; None where it is drawn, captured or too long to be read."""
    values: dict[str, bytes] = {"port": str(lab.port).encode()}
    if lab.path and "path" not in lab.messages:
        values["path"] = lab.path.encode()
    for name in Template((term,)).names - values.keys():
        message = lab.messages.get(name)
        content = message.content if message is not None else None
        if message is None or depth > _DEEPEST or not isinstance(content, Formed | None):
            return None
        made = _constant(lab, content.template.as_term(), depth + 1) if content else (
            message.text.encode()
        )  # fmt: skip
        if made is None:
            return None
        values[name] = made
    try:
        found = Template((term,)).render(values)
    except RenderError:
        return None
    return found if len(found) <= _LONGEST else None


def _term(term: Term) -> str:
    match term:
        case bytes():
            return literal(term)
        case Name(name=name):
            return name
        case Computed(function=function, of=of):
            return f"{function}({', '.join(map(_term, of))})"
    raise TypeError(term)


def framing_of(framing: Framing | None, language: str) -> str:
    """How people are told where a message ends; empty: by its own words."""
    words = script_words(language)
    match framing:
        case Line():
            return words["by_line"]
        case Rest():
            return words["by_rest"]
        case Datagram():
            return words["by_datagram"]
        case Until(mark=mark, header=None):
            return words["by_until"].format(mark=literal(mark))
        case Until(mark=mark, header=header):
            return words["by_header"].format(mark=literal(mark), header=header)
        case Prefix(size=size, order=order):
            return words["by_prefix"].format(size=size, order=words[f"order_{order}"])
        case Size(count=size):
            return words["by_size"].format(size=size)
    return ""
