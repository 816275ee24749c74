"""What needs no second look: results of before, told by the stamps of all their files.

`OUT/.wiregrade.index` keeps, of each result, the stamp of what was handed in and those of the
result's own files. A next run takes it over by them, without reading a byte, where

- all that was known before anything was read is the same: tool, lab, options, language, points
  given by hand, name, origin, and what belongs to whom;
- what was handed in has the same stamp, which was taken before it was read, and no time in it was
  newer than two seconds then; what could not be read, or is a clone, is read again;
- the result's files have the same stamps, and no time in them was as new as the index itself
  (the rule of git's index for what is written within one tick of the clock).

Of files that copies share, each further link changes the time of change; their stamp without it is
told from the first, and with it once they have all their links. They are looked at once: of all
others who share them, the folders' stamps say that the same files lie there still. Everything else
is read and compared with its sums, and so are all files by `wiregrade verify`.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from grader.batch import kept
from grader.batch.alike import Alike
from grader.batch.entry import Handed, Waiting
from grader.batch.index import Index
from grader.batch.output import OutputFolder
from grader.batch.saved import fingerprint
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.stamps import Facts, Stamp, listed, stamp

_PLACES = ("runs", "source")
_FOLDERS = (".", *_PLACES)
_OWN = ("index.html", "result.json", "submission.json", kept.KEPT)
_MOST_NOTED = 1000
_SHAPES = 512
_SETTLED_NS = 2_000_000_000
"""Coarser than the clock of any file system that submissions come on."""


@dataclass(frozen=True)
class Files:
    """The stamps of a result's files."""

    own: Stamp
    """Of the submission's folder and those in it, which say what lies there, and its own files."""
    shared: Stamp
    """Of those that copies share: runs and sources."""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    told: str
    handed: bytes
    own: bytes
    shared: bytes
    shape: bytes


@dataclass(frozen=True)
class _Noted:
    told: str
    handed: bytes
    files: Files
    shape: bytes
    body: bytes


def files_of(folder: OutputFolder, identifier: str) -> Files | None:
    """The stamps of the result that lies there; None where there is none."""
    base = f"{folder.path}/{identifier}"
    try:
        # Folders first: what is put there while they are looked through is another stamp.
        return Files(stamp(_own(base)), stamp(_shared(base)))
    except OSError:
        return None


def files_made(
    folder: OutputFolder, identifier: str, made: Sequence[Facts], shared: Stamp
) -> Files:
    """The same of a folder that was just made: `made` are its own files, `shared` the others."""
    base = f"{folder.path}/{identifier}"
    return Files(stamp((*made, *_looked_at(base, _FOLDERS))), shared)


def _own(base: str) -> list[Facts]:
    return _looked_at(base, (*_FOLDERS, *_OWN))


def _looked_at(base: str, names: Iterable[str]) -> list[Facts]:
    return [(name, os.lstat(f"{base}/{name}")) for name in names]


def _shared(base: str) -> list[Facts]:
    return [one for place in _PLACES for one in listed(f"{base}/{place}", f"{place}/")]


class Known:
    """Takes results over by their stamps, and notes those of new ones. Two threads may note."""

    def __init__(
        self,
        folder: OutputFolder,
        index: Index,
        lab: Lab,
        shown: Callable[[str], str],
        alike: Alike,
    ) -> None:
        """`shown`: by id, what a result depends on besides tool, lab, options and submission.

        `alike` knows the parts of other grades.
        """
        self._folder = folder
        self._index = index
        self._lab = lab
        self._shown = shown
        self._alike = alike
        self._shapes: OrderedDict[bytes, Grade] = OrderedDict()
        self._noted: dict[str, _Noted] = {}
        self._families: dict[bytes, str] = {}
        """Stamps of files that copies share -> whose are looked at, when there are no more."""
        self._whole: set[bytes] = set()
        """Stamps of files that copies share, which were looked at and are as they were."""
        self._last = b"", b""
        """The shape that was noted last, and its key."""
        self._lock = threading.Lock()

    def handed(self, entry: Waiting) -> Handed:
        """What is known of an entry before it is read."""
        if entry.looked_at is None:
            return Handed()
        told, found = entry.looked_at()
        told = fingerprint(entry.id, entry.name, told, self._shown(entry.id))
        if found is None or found.newest > time.time_ns() - _SETTLED_NS:
            return Handed(told=told)
        return Handed(told=told, stamp=found.names + found.changed)

    def grade(self, entry: Waiting, handed: Handed) -> Grade | None:
        """The grade of an entry of which nothing has changed; None: it has to be looked at."""
        if not handed.stamp:
            return None
        with self._lock:
            return self._grade(entry, handed)

    def _grade(self, entry: Waiting, handed: Handed) -> Grade | None:
        data = self._index.get("results", entry.id.encode())
        if data is None:
            return None
        row = msgspec.msgpack.decode(data, type=_Row)
        if (row.told, row.handed) != (handed.told, handed.stamp):
            return None
        base = f"{self._folder.path}/{entry.id}"
        try:
            if row.own != _whole(stamp(_own(base))) or not self._is_whole(row.shared, base):
                return None
        except OSError:
            return None
        shape = self._shape(row.shape)
        return shape and replace(shape, id=entry.id, name=entry.name, origin=entry.origin)

    def _is_whole(self, names: bytes, base: str) -> bool:
        """Whether the shared files of that stamp, which lie there too, are as they were."""
        if names in self._whole:
            return True
        found = stamp(_shared(base))
        if found.names != names or self._index.get("shared", names) != found.changed:
            return False
        self._whole.add(names)
        return True

    def _shape(self, key: bytes) -> Grade | None:
        if key not in self._shapes:
            body = self._index.get("shapes", key)
            if body is None:
                return None
            grade = self._alike.grade(kept.grade_in(body, self._lab))
            self._shapes[key] = grade
            if len(self._shapes) > _SHAPES:
                self._shapes.popitem(last=False)
        return self._shapes[key]

    def note(self, grade: Grade, handed: Handed, files: Files | None, shape: bytes = b"") -> None:
        """A result is whole and has these stamps, taken before it was compared or as it was made.

        `shape` is `kept.shape_of(grade)`, where that is known.
        """
        readable = grade.problem is None and bool(handed.stamp)
        if not readable or files is None or not kept.can_be_kept(grade):
            return
        body = shape or kept.shape_of(grade)
        with self._lock:
            if body is not self._last[0]:  # copies have the very shape of the first
                self._last = body, hashlib.blake2b(body, digest_size=16).digest()
            key = self._last[1]
            self._noted[grade.id] = _Noted(handed.told, handed.stamp, files, key, body)
            self._families[files.shared.names] = grade.id
            if len(self._noted) >= _MOST_NOTED:
                self._settle()

    def settle(self) -> None:
        """Put what was noted into the index."""
        with self._lock:
            self._settle()

    def _settle(self) -> None:
        """What is as new as the index waits for the next time; without one it is not believed."""
        now = self._index.now()
        changes: list[tuple[str, bytes, bytes | None]] = []
        later: dict[bytes, str] = {}
        for names, identifier in self._families.items():
            files = files_of(self._folder, identifier)
            same = files is not None and files.shared.names == names
            settled = files is not None and files.shared.newest < now
            if same and not settled:
                later[names] = identifier
            told = files.shared.changed if files and same and settled else None
            changes.append(("shared", names, told))
        noted, self._noted = self._noted, {}
        shapes: dict[bytes, bytes] = {}
        for identifier, one in noted.items():
            if one.files.own.newest >= now:
                self._noted[identifier] = one
                changes.append(("results", identifier.encode(), None))
                continue
            own, shared = _whole(one.files.own), one.files.shared.names
            row = _Row(one.told, one.handed, own, shared, one.shape)
            changes.append(("results", identifier.encode(), msgspec.msgpack.encode(row)))
            shapes[one.shape] = one.body
        changes += (("shapes", key, body) for key, body in shapes.items())
        self._families = later
        self._index.put(changes)


def _whole(found: Stamp) -> bytes:
    return found.names + found.changed
