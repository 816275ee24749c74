"""A message of a lab in words, for people who are to write a program that speaks so."""

from __future__ import annotations

from typing import Literal

from grader.lab.model import AnyOf, Draw, Formed, Generated, Lab, Patterned
from grader.view.bytes_view import literal
from grader.view.script_words import script_words
from grader.view.words import byte_count
from reference.framing import Datagram, Framing, Line, Prefix, Rest, Size, Until
from reference.templates import Computed, Name, Template, Term

Kind = Literal["words", "told"]
_DEEPEST = 8


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
            return _of_template(template)
        case Generated(size=size, kind=kind):
            return words[f"generate_{kind}"].format(size=byte_count(size, language))
        case Draw(kind=kind, low=low, high=high):
            return words[f"draw_{kind}"].format(low=low, high=high)
        case Patterned(template=template):
            return words["pattern"].format(pattern=_of_template(template))
        case AnyOf(names=names) if depth < _DEEPEST:
            return words["or"].join(content_of(lab, each, language, depth + 1) for each in names)
    return name


def _of_template(template: Template) -> str:
    return "".join(_part(part) for part in template.parts)


def _part(term: Term) -> str:
    return literal(term) if isinstance(term, bytes) else f"{{{_term(term)}}}"


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
