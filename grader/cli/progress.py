"""How far `grade` is: a bar where a person looks on, a line for each submission in a log."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.batch.grading import Done
from grader.cli.streams import in_words, is_live, note, safe, wants_colour
from grader.run.phases import Phase
from grader.view.words import decimal

if TYPE_CHECKING:
    from rich.progress import TaskID

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
        score = f"{decimal(grade.score, language)}/{decimal(grade.max_score, language)}"
        line = f"[{self._count:>{width}}/{self._total}] {safe(grade.name)}  {score}"
        if done.taken_over:
            line += f"  ({_TAKEN_OVER.get(language, _TAKEN_OVER['en'])})"
        if grade.problem is not None:
            line += f"  {in_words(grade.problem.message, language)}"
        note(line)


class Bar:
    """A bar that redraws itself, gone when all is done. It has no thread of its own."""

    def __init__(self, total: int, language: str) -> None:
        self._language = language
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True, no_color=not wants_colour(sys.stderr), highlight=False)
        self._progress = Progress(
            BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False),
            console=console, transient=True, auto_refresh=False,
        )  # fmt: skip
        self._task: TaskID = self._progress.add_task("", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        self._progress.refresh()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    @property
    def description(self) -> str:
        """What stands beside the bar."""
        return self._progress.tasks[0].description

    def tell(self, phase: Phase) -> None:
        """A phase of repeats begins."""
        said = phase_in_words(phase, self._language)
        self._progress.update(self._task, description=said)
        self._progress.refresh()

    def show(self, done: Done) -> None:
        """One more is done."""
        self._progress.update(self._task, advance=1, description=safe(done.grade.name)[:40])
        self._progress.refresh()


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
