"""Reads a submission that holds a large archive in a process of its own.

An archive is read whole, up to `Bounds.archive_bytes`: for that moment it would be most of the
grader's memory. What is kept of it is small, and that is all that comes back.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import pkgutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from grader.intake import paths, reading
from grader.intake.bounds import BOUNDS
from grader.intake.errors import InputError
from grader.lab.model import Role, RoleFiles, Text
from grader.submission import Submission

LARGE = 16 * 2**20
"""An archive from here on is large: starting a process takes as long as reading it."""
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop());"
    "from grader.intake import apart; apart.main()"
)


def read_folder(
    path: Path, roles: Mapping[Role, RoleFiles], left_out: Collection[str] = ()
) -> Submission:
    """What `reading.read_folder` gives.

    Raises:
        InputError: as it does.
        OSError: no process can be started.
    """
    if largest_archive(path) <= LARGE:
        return reading.read_folder(path, roles, left_out)
    return told("grader.intake.reading:read_folder", path, roles, left_out)


def largest_archive(place: Path) -> int:
    """Bytes of the largest of what may be an archive at or below `place`."""
    largest = 0
    for path in _archives(str(place)):
        with contextlib.suppress(OSError):
            largest = max(largest, os.lstat(path).st_size)
    return largest


def _archives(place: str) -> Iterator[str]:
    """What may be an archive there; links are not followed, except in what the user named."""
    folders = [place]
    left = BOUNDS.seen
    while folders and left >= 0:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    left -= 1
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif paths.archive_suffix(entry.name):
                        yield entry.path
        except NotADirectoryError:
            yield folder
        except OSError:
            continue  # reading it will tell what is wrong


def told(function: str, *arguments: object) -> Submission:
    """What that function (`module:name`) gives in a process of its own.

    Raises:
        InputError: as it does.
        OSError: no process can be started.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", _BOOT, json.dumps(sys.path)],
        input=pickle.dumps((function, arguments)), capture_output=True, check=False,
        start_new_session=True,  # Ctrl-C is not for it; it ends by itself
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    answer: Submission | Text = pickle.loads(done.stdout)  # noqa: S301 -- our own child's
    if isinstance(answer, Text):
        raise InputError(answer)
    return answer


def main() -> None:
    """Entry point of the child: what to read from stdin, what came of it to stdout."""
    answer: Submission | Text
    try:
        function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 -- our own parent's
        answer = pkgutil.resolve_name(function)(*arguments)
    except InputError as error:
        answer = error.text
    pickle.dump(answer, sys.stdout.buffer)
