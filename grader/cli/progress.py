"""How far `grade` is: a bar where a person looks on, a line for each submission in a log."""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.cli.bar import LiveBar
from grader.cli.streams import is_live, note, safe
from grader.formats.safe import one_line
from grader.run.phases import Phase
from grader.view.words import decimal

if TYPE_CHECKING:
    from grader.batch.grading import Done

_MOST_REPEATS = 4
_PHASES: dict[str, tuple[str, str]] = {
    "idle": (
        "Essais {numbers} de chaque scénario, sans charge",
        "Repeats {numbers} of each scenario, without load",
    ),
    "loaded": (
        "Essais {numbers} de chaque scénario, sous charge ({n}~processus occupés)",
        "Repeats {numbers} of each scenario, under load ({n} busy processes)",
    ),
}
_TAKEN_OVER = {"fr": "repris", "en": "taken over"}


@lru_cache(1024)
def _score(score: Fraction, most: Fraction, language: str) -> str:
    return f"{decimal(score, language)}/{decimal(most, language)}"


class Lines:
    """A line for each submission."""

    def __init__(self, total: int, language: str) -> None:
        self._total = total
        self._language = language
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def tell(self, phase: Phase) -> None:
        """A phase of repeats begins."""
        note(phase_in_words(phase, self._language))

    def show(self, done: Done) -> None:
        """One more is done."""
        self._count += 1
        grade, language = done.grade, self._language
        width = len(str(self._total))
        score = _score(grade.score, grade.max_score, language)
        line = f"[{self._count:>{width}}/{self._total}] {safe(grade.name)}  {score}"
        if done.taken_over:
            line += f"  ({_TAKEN_OVER.get(language, _TAKEN_OVER['en'])})"
        if grade.problem is not None:
            line += f"  {one_line(grade.problem.message.in_language(language))}"
        note(line)


class Bar(LiveBar):
    """A bar with the name of the submission that was done last."""

    def __init__(self, total: int, language: str) -> None:
        super().__init__(total)
        self._language = language

    def tell(self, phase: Phase) -> None:
        """A phase of repeats begins."""
        self.describe(phase_in_words(phase, self._language))

    def show(self, done: Done) -> None:
        """One more is done."""
        self.advance(done.grade.name)


def phase_in_words(phase: Phase, language: str) -> str:
    """« Essais 1, 3, 5, machine au repos », as a line of its own."""
    column = 1 if language == "en" else 0
    numbers = ", ".join(map(str, phase.repeats[:_MOST_REPEATS]))
    if len(phase.repeats) > _MOST_REPEATS:
        numbers += f", …, {phase.repeats[-1]}"
    words = _PHASES[phase.name][column].replace("~", "\u00a0")
    return words.format(numbers=numbers, n=phase.processes)


def progress(total: int, language: str) -> Lines | Bar:
    """The one that suits stderr."""
    return Bar(total, language) if is_live(sys.stderr) else Lines(total, language)
