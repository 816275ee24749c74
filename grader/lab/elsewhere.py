"""Where a program in another language than Python is sent to read.

The catalogue speaks of Python, in which the labs are written. For programs in other languages
`scenarios/elsewhere.yaml` says it otherwise; it is read only where there is such a program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.lab.catalogue import Catalogue, catalogue, text_of
from grader.lab.languages import PYTHON
from grader.lab.model import Text
from grader.lab.problems import Problems
from grader.lab.values import Fields
from grader.lab.yamlfile import MAX_BYTES, Node, parse
from grader.resources import scenarios_root

ELSEWHERE_FILE = "elsewhere.yaml"
OTHER = "other"
"""Every language without words of its own."""
_ALIKE = {"c++": "c"}
"""Languages with the words of another one: C++ has the calls of C."""
_GROUPS = ("c", "java", "javascript", OTHER)


@dataclass(frozen=True)
class Elsewhere:
    """What to read, by language and notion; what is behind a notion, in no language's words."""

    notions: Mapping[str, Mapping[str, Text]]
    further: Mapping[str, Text]

    def notion(self, key: str, language: str) -> Text | None:
        """What to read about it; None: what is said of Python holds for all."""
        group = self.notions.get(_ALIKE.get(language, language), {})
        return group.get(key) or self.notions[OTHER].get(key)


def notion_for(key: str, language: str) -> Text:
    """Where to read about a notion, for a program in that language (its id).

    Raises:
        KeyError: no such notion.
    """
    general = catalogue().notions[key]
    if language == PYTHON.id:
        return general
    return elsewhere().notion(key, language) or general


def further_for(key: str, language: str) -> Text | None:
    """What is behind a notion, for a program in that language; None: nothing is said of it."""
    general = catalogue().further.get(key)
    if general is None or language == PYTHON.id:
        return general
    return elsewhere().further.get(key, general)


@cache
def elsewhere() -> Elsewhere:
    """What ships with Wiregrade; read once.

    Raises:
        LabError: it is broken, which is our fault and not a lab's.
    """
    path = scenarios_root() / ELSEWHERE_FILE
    return read_elsewhere(path, path.read_bytes()[: MAX_BYTES + 1], catalogue())


def read_elsewhere(path: Path, data: bytes, known: Catalogue) -> Elsewhere:
    """Read such a file; problems name `path`.

    Raises:
        LabError: with every problem of the file.
    """
    problems = Problems()
    top = Fields(
        parse(str(path), data, problems), problems, "words for other languages",
        ("notions", "further"),
    )  # fmt: skip
    told = Fields(top.need("notions"), problems, "notions", _GROUPS)
    notions = {
        group: _texts(told.need(group), problems, group, tuple(known.notions)) for group in _GROUPS
    }
    further = _texts(top.need("further"), problems, "further", tuple(known.further))
    problems.raise_any()
    return Elsewhere(notions, further)


def _texts(node: Node, problems: Problems, what: str, known: Sequence[str]) -> dict[str, Text]:
    fields = Fields(node, problems, what, known)
    return {key: text_of(fields.need(key), problems, key) for key in fields.keys}
