"""`languages:` of lab.yaml: names of known recipes, and recipes of the lab's own."""

from __future__ import annotations

import re

from grader.lab import values
from grader.lab.fields import names
from grader.lab.fields_lab import LANGUAGE
from grader.lab.languages import KNOWN, PLACEHOLDERS, PYTHON, SHORT, Language, named
from grader.lab.problems import Problems, meant, shown
from grader.lab.values import Fields
from grader.lab.yamlfile import Mapping, Node, Scalar

_ID = re.compile(r"[a-z0-9][a-z0-9+_-]{0,30}")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,16}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def read_languages(node: Node | None, problems: Problems) -> tuple[Language, ...]:
    """The languages that a lab takes; Python where it does not say.

    The node is a list: `[python, c]`, or with entries `{name: ..., suffixes: [...], build: [...],
    run: [...]}`; commands are lists of arguments.
    """
    if node is None:
        return (PYTHON,)
    found: dict[str, Language] = {}
    for item in values.items(node, problems, "languages"):
        language = _own(item, problems) if isinstance(item, Mapping) else _known(item, problems)
        if language is None:
            continue
        if language.id in found:
            problems.add(item.place, f"language {shown(language.id)} stands twice")
        found[language.id] = language
    return tuple(found.values()) or (PYTHON,)


def _known(item: Node, problems: Problems) -> Language | None:
    word = values.text(item, problems, "a language")
    language = named(word)
    if word and language is None:
        known = (*KNOWN, *SHORT)
        problems.add(item.place, f"unknown language {shown(word)}{meant(word, known)}")
    return language


def _own(item: Node, problems: Problems) -> Language | None:
    fields = Fields(item, problems, "a language", names(LANGUAGE))
    before = len(problems)
    form = "a name of a-z, 0-9, '+', '-' and '_'"
    name = values.word(fields.need("name"), problems, "name", _ID, form)
    suffixes = tuple(
        values.word(one, problems, "a suffix", _SUFFIX, "an ending such as .c").casefold()
        for one in values.items(fields.need("suffixes"), problems, "suffixes")
    )
    build = fields.get("build")
    title, package = fields.get("title"), fields.get("package")
    language = Language(
        id=name,
        title=values.text(title, problems, "title") if title else name,
        suffixes=suffixes,
        build=_command(build, problems, "build") if build else (),
        run=_command(fields.need("run"), problems, "run"),
        package=values.text(package, problems, "package") if package else "",
    )
    return language if len(problems) == before else None


def _command(node: Node, problems: Problems, what: str) -> tuple[str, ...]:
    """A list of arguments; whole numbers are taken as they are written."""
    arguments = []
    for item in values.items(node, problems, what):
        if isinstance(item, Scalar) and type(item.value) is int:
            arguments.append(str(item.value))
            continue
        argument = values.text(item, problems, f"an argument of '{what}'")
        for name in _PLACEHOLDER.findall(argument):
            if name not in PLACEHOLDERS:
                hint = meant(name, PLACEHOLDERS)
                problems.add(item.place, f"{what}: unknown {{{shown(name)[1:-1]}}}{hint}")
        if "\0" in argument:
            problems.add(item.place, f"{what}: an argument holds no zero byte")
        arguments.append(argument)
    return tuple(arguments)
