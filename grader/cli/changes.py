"""When a folder is to be looked at again: something was saved, and nothing more is coming.

The fact is always a look at the files themselves (their times, sizes and inodes), so that every
way to save counts: written in place, renamed over, several files at once. What wakes us for a
look is the system where `watchfiles` is installed (inotify), else a look every quarter of a
second; both come to the same. Saving is over when two looks in a row see the same.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any

FILES_SEEN = 2000
"""Files of a folder that are looked at: it holds a lab's programs, not a home."""
_ALARM_S = 0.25
_BREATH_S = 0.1
_LOOK_ANYWAY_MS = 2000
"""Even where the system tells, it may not (a network drive): then it is seen a little later."""

Look = Mapping[str, tuple[int, int, int]]
"""Path -> when it was written, its size, its inode."""


class Changes:
    """Waits for the next change. `look` sees, `alarm` wakes, `breath` lets a save go on."""

    def __init__(
        self, look: Callable[[], Look], alarm: Callable[[], None], breath: Callable[[], None]
    ) -> None:
        self._look = look
        self._alarm = alarm
        self._breath = breath
        self._seen = look()

    def wait(self) -> tuple[str, ...]:
        """Return when something was saved since the last time and nothing more is pending.

        The names of the files that are others now, sorted. What was saved before the call, but
        after the last look, counts.
        """
        while True:
            now = self._settled()
            changed = sorted(name for name in now.keys() | self._seen.keys()
                             if now.get(name) != self._seen.get(name))  # fmt: skip
            self._seen = now
            if changed:
                return tuple(changed)
            self._alarm()

    def _settled(self) -> Look:
        """What two looks in a row see; at once where there is nothing new."""
        now = self._look()
        while now != self._seen:
            self._breath()
            later = self._look()
            if later == now:
                break
            now = later
        return now


def of_path(path: Path, *, leave_out: Path | None = None) -> Changes:
    """Changes of a folder, or of a program and what lies beside it."""
    folder = path if path.is_dir() else path.parent

    def look() -> Look:
        return look_at(folder, leave_out=leave_out)

    def breath() -> None:
        Event().wait(_BREATH_S)

    return Changes(look, _alarm(folder), breath)


def look_at(folder: Path, *, leave_out: Path | None = None) -> Look:
    """The regular files below `folder`, hidden ones and caches left out."""
    found: dict[str, tuple[int, int, int]] = {}
    skipped = leave_out.absolute() if leave_out is not None else None
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_ours_or_hidden(name))
        for name in files:
            path = Path(place) / name
            if name.startswith(".") or path.absolute() == skipped or len(found) >= FILES_SEEN:
                continue
            try:
                about = path.lstat()
            except OSError:  # between the listing and the look: it is being replaced
                continue
            if stat.S_ISREG(about.st_mode):
                relative = str(path.relative_to(folder))
                found[relative] = (about.st_mtime_ns, about.st_size, about.st_ino)
    return found


def _is_ours_or_hidden(name: str) -> bool:
    return name.startswith(".") or name in ("__pycache__", "node_modules", "wiregrade-out")


def _alarm(folder: Path) -> Callable[[], None]:
    """What wakes for a look: the system's word, where it can be had."""
    try:
        import watchfiles
    except ImportError:
        return lambda: _wait(_ALARM_S)
    told: Iterator[Any] = iter(
        watchfiles.watch(
            folder, watch_filter=None, yield_on_timeout=True, rust_timeout=_LOOK_ANYWAY_MS,
            ignore_permission_denied=True,
        )
    )  # fmt: skip

    def alarm() -> None:
        try:
            next(told)
        except StopIteration:  # the folder itself is gone, or the system has no watch to give
            _wait(_ALARM_S)
        except OSError:
            _wait(_ALARM_S)

    return alarm


def _wait(seconds: float) -> None:
    Event().wait(seconds)
