"""How far `grade` is: a bar where a person looks on, a line for each submission in a log."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.batch.grading import Done
from grader.cli.streams import in_words, is_live, note, safe, wants_colour
from grader.view.words import decimal

if TYPE_CHECKING:
    from rich.progress import TaskID

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

    def show(self, done: Done) -> None:
        """One more is done."""
        self._progress.update(self._task, advance=1, description=safe(done.grade.name)[:40])
        self._progress.refresh()


def progress(total: int, language: str) -> Lines | Bar:
    """The one that suits stderr."""
    return Bar(total, language) if is_live(sys.stderr) else Lines(total, language)
