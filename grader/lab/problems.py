"""What is wrong with a lab: every problem with its place, all of them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

_LONGEST_SHOWN = 60


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file of the lab; `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class LabProblem:
    """One thing that is wrong in a lab, and what was probably meant."""

    place: Place
    message: str
    french: str = field(default="", compare=False)
    """The same in French, where somebody has said it so."""

    def told(self, language: str) -> str:
        """It with its place; in English, unless there is French."""
        message = self.french if language == "fr" and self.french else self.message
        return f"{self.place}: {message}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class LabError(Exception):
    """A lab can't be used as it is. The lab's author is to blame, never a student.

    `problems` holds all of them, by file, line and column.
    """

    blame = "author"

    def __init__(self, problems: Iterable[LabProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class Problems:
    """Collects problems while a lab is read, so that one error doesn't hide the next."""

    def __init__(self) -> None:
        self._found: list[LabProblem] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, place: Place, message: str) -> None:
        """Note one problem."""
        self._found.append(LabProblem(place, message))

    def raise_any(self) -> None:
        """Raise `LabError` if there is any problem."""
        if self._found:
            raise LabError(self._found)


def shown(word: str) -> str:
    """An author's word as an error message quotes it: bounded, control characters escaped."""
    if len(word) > _LONGEST_SHOWN:
        word = word[: _LONGEST_SHOWN - 3] + "..."
    return repr(word)


def near(word: str, known: Collection[str]) -> list[str]:
    """Those of `known` that `word` was probably meant to be, the nearest first."""
    by_folded = {name.casefold(): name for name in known}
    found = get_close_matches(word[:_LONGEST_SHOWN].casefold(), by_folded, n=3, cutoff=0.6)
    return [by_folded[name] for name in found]


def meant(word: str, known: Collection[str]) -> str:
    """The end of an error message about an unknown word: the near one, else all that exist."""
    if close := near(word, known):
        return f"; did you mean {shown(close[0])}?"
    if known:
        return f"; there are: {', '.join(known)}"
    return "; there are none"
