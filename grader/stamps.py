"""By what a file system tells whether files were changed: names, inodes, sizes, times.

A file that is written to gets another time of change (`ctime`), which no program can set; one
that is replaced has another inode. So equal stamps mean equal bytes, but for one trap, that of
every index of this kind: a file changed twice within one tick of the file system's clock. Who
relies on a stamp asks whether its newest time was past when the bytes were looked at (`newest`),
and else looks at the bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from stat import S_ISDIR

Facts = tuple[str, os.stat_result]
"""A file's name, and what the file system says of it (of a link: of the link)."""


@dataclass(frozen=True)
class Stamp:
    """Of some files; two that differ in anything but `changed` are of other files."""

    names: bytes
    """Over names, inodes, sizes and times of modification."""
    changed: bytes
    """Over times of change: a further hard link is one, too."""
    newest: int
    """The newest of all times, in ns."""


def stamp(files: Iterable[Facts]) -> Stamp:
    """The stamp of these files, in whatever order they come."""
    names, changed, newest = [], [], 0
    for name, found in sorted(files, key=itemgetter(0)):
        modified, altered = found.st_mtime_ns, found.st_ctime_ns
        names.append(f"{name}\0{found.st_ino} {found.st_size} {found.st_mode} {modified}\0")
        changed.append(f"{altered} ")
        # A class of 100,000 asks a million times: `max` would take a tenth of all that.
        if modified > newest:
            newest = modified
        if altered > newest:
            newest = altered
    return Stamp(_digest(names), _digest(changed), newest)


def together(stamps: Iterable[Stamp]) -> Stamp:
    """One for all of them, in this order; of one, that one."""
    made = [*stamps]
    if len(made) == 1:
        return made[0]
    return Stamp(
        _sum(b"".join(one.names for one in made)),
        _sum(b"".join(one.changed for one in made)),
        max((one.newest for one in made), default=0),
    )


def listed(folder: str, prefix: str = "") -> list[Facts]:
    """What lies in a folder, its names after `prefix`.

    Raises:
        OSError: it cannot be read.
    """
    with os.scandir(folder) as entries:
        return [(prefix + one.name, one.stat(follow_symlinks=False)) for one in entries]


def below(path: str, most: int) -> Stamp | None:
    """The stamp of a file, or of a folder and all that lies below it.

    None where there is more than `most`, or where something cannot be looked at.
    """
    try:
        found = [("", os.lstat(path))]
        folders = [""] if S_ISDIR(found[0][1].st_mode) else []
        while folders:
            name = folders.pop()
            inside = listed(f"{path}/{name}", f"{name}/" if name else "")
            found += inside
            folders += [name for name, facts in inside if S_ISDIR(facts.st_mode)]
            if len(found) > most:
                return None
    except OSError:
        return None
    return stamp(found)


def _digest(parts: Iterable[str]) -> bytes:
    return _sum("".join(parts).encode("utf-8", "surrogateescape"))


def _sum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
