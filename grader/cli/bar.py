"""A progress bar on stderr, for where a person looks on."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.cli.streams import is_live, safe, wants_colour

if TYPE_CHECKING:
    from rich.progress import TaskID

_WIDEST = 40
"""Columns for what is told beside the bar."""


class LiveBar:
    """A bar that redraws itself, gone when all is done. It has no thread of its own.

    `total` is how many steps there are; None: `begin` will tell.
    """

    def __init__(self, total: int | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True, no_color=not wants_colour(sys.stderr), highlight=False)
        self._progress = Progress(
            BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False),
            console=console, transient=True, auto_refresh=False,
        )  # fmt: skip
        self._task: TaskID = self._progress.add_task("", total=total, visible=total is not None)

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

    def begin(self, total: int) -> None:
        """So many steps there are."""
        self._progress.update(self._task, total=total, visible=True)
        self._progress.refresh()

    def describe(self, text: str) -> None:
        """Say something of ours beside the bar."""
        self._progress.update(self._task, description=text)
        self._progress.refresh()

    def advance(self, name: str) -> None:
        """One step more is done; `name` may be a student's."""
        self._progress.update(self._task, advance=1, description=safe(name)[:_WIDEST])
        self._progress.refresh()


class Watched:
    """What tells how far it is on stderr: has a bar where a person looks on, else lines to say."""

    def __init__(self, total: int | None = None) -> None:
        self._bar = LiveBar(total) if is_live(sys.stderr) else None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, traceback)
