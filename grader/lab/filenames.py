"""Names of the files that a program has to leave: plain ones, or with values in them.

A value may be a stranger's: captured from what the program sent. So the name that comes of it is
looked at as a whole, and each value by itself: whatever is no plain relative name, or would say
which folder, is the name of nothing.
"""

from __future__ import annotations

from grader.lab import values
from grader.lab.context import Context
from grader.lab.model import Action, ExpectFile, Patterned
from grader.lab.problems import meant, shown
from grader.lab.words import Words
from grader.lab.yamlfile import Node
from reference import templates
from reference.script import Heard
from reference.templates import RenderError, Template, Term

LONGEST = 200
"""Bytes of a name, folders included."""
_SIGNS = '\\:*?"<>|'
"""What names of some system can't have."""


def is_plain(name: str) -> bool:
    """Whether it is a file below the program's folder, on any system."""
    return (
        len(name.encode(errors="replace")) <= LONGEST
        and name.isprintable()
        and not any(part in ("", ".", "..") for part in name.split("/"))
        and not any(sign in name for sign in _SIGNS)
    )


def name_of(expected: ExpectFile, words: Words, heard: Heard) -> str | None:
    """The file's name in a run; None: there can be no such file, its name is none.

    `heard` is what was captured until the run ended.
    """
    if expected.made is None:
        return expected.name

    def part(term: Term) -> bytes:
        value = words.rendered(Template((term,)), heard)
        if b"/" in value:
            raise RenderError("a value says which folder")
        return value

    try:
        name = expected.made.with_terms(part).decode()
    except (RenderError, UnicodeDecodeError):
        return None
    return name if is_plain(name) else None


def read_name(node: Node, context: Context) -> tuple[str, Template | None]:
    """The name as it is written, and what it is made of where it has values in it."""
    name = values.text(node, context.problems, "name")
    made: Template | None = None
    if "{{" in name:
        try:
            made = templates.parse(name)
        except templates.TemplateError as error:
            context.problems.add(node.place, f"name: in {shown(name[error.at :])}: {error}")
            return name, None
        _check_values(made, node, context)
    whole = name if made is None else made.with_terms(lambda _: b"x").decode()
    if name and not is_plain(whole):
        told = "a file below the program's folder, such as copy.bin or received/copy.bin"
        context.problems.add(node.place, f"name must be {told}, not {shown(name)}")
    return name, made


def _check_values(made: Template, node: Node, context: Context) -> None:
    """Tell values that nothing has, or that are others in each round."""
    known = context.messages
    captured: set[str] = set()
    for step in context.steps:
        for name in step.messages if step.action is not Action.SEND else ():
            content = known[name].content if name in known else None
            captured |= {*content.captures} if isinstance(content, Patterned) else set()
    said = {name for name, message in known.items() if not isinstance(message.content, Patterned)}
    there = {"port", *captured, *said}
    for name in sorted(made.names):
        if name not in there:
            hint = meant(name, tuple(sorted(there)))
            context.problems.add(node.place, f"name: no value {shown(name)} here{hint}")
        elif name in context.unrolled:
            told = f"name: {shown(name)} is another in each round of a 'repeat'"
            context.problems.add(node.place, told)
