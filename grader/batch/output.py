"""The output folder of `grade`: marked as ours, every file whole or not at all.

A file is written beside its place under a temporary name and then renamed, so whoever looks
sees the old one or the new one, also after a SIGKILL or with the disk full. Leftovers of a run
that was cut off are removed by the next. What only a power cut can do (a file that is there
but empty or torn: nothing is forced to the disk, a class is thousands of files) the next run
finds by the sums in `submission.json`, and grades that submission once more.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from grader.intake.discover import holds_own_number
from grader.run.spool import LEFTOVER

_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
MARKER = ".wiregrade.json"
LOCK = ".wiregrade.lock"
INDEX = ".wiregrade.index"
"""What makes the next run quick (`grader.batch.index`)."""
CLEAN = ".wiregrade.clean"
"""There where whoever wrote last came to its end: it left nothing behind."""
LOG = ".wiregrade.log"
"""Faults of ours, for whoever mends them (`grader.batch.faults`)."""
STUDENTS, RESEARCH = "student", "research"
"""Whom copies are for."""
_AUDIENCE = "audience"
"""The option that says so."""
_TEMPORARY = LEFTOVER
_CHUNK = 64 * 1024
_DEPTH = 2
"""Our files lie at most this many folders down: OUT/<id>/runs/."""


class OutputError(Exception):
    """The output folder cannot be used; the message says why and what to do."""


class NotOursError(OutputError):
    """There is something in the folder, and it is not Wiregrade's."""


class InUseError(OutputError):
    """Another `grade` or `report` is writing there."""


class CannotWriteError(OutputError):
    """No permission, no space left, or a file in the way."""


class DiskFullError(CannotWriteError):
    """No space left: the machine's fault, and the next run goes on from there."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Of which class a folder holds a part: that of another class does not go with it."""

    digest: str
    """Hex SHA-256 over the ids of all, and over who has to stay with whom: parts depend on it."""
    persons: int
    """In all parts together: each has one submission that counts, in the results of its part."""
    here: int
    """Those of them who are in this folder, when all of it is graded."""


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """`OUT/.wiregrade.json`: whose folder this is, and all that `report` needs of the lab."""

    tool: str
    lab: str
    lab_digest: str
    lab_files: dict[str, str]
    options: dict[str, str]
    language: str
    anonymous: bool = False
    """The class's page has pseudonyms in place of names."""
    pseudonym_key: str = ""
    """Draws the pseudonyms: kept from the first time on, so that they stay the same."""
    shard: str = ""
    """`2/4`, where only this part of the class is in the folder."""
    parts: tuple[str, ...] = ()
    """Those that `merge --partial` brought together, where some of the class is missing."""
    listing: Listing | None = None
    """The class that these are parts of; None: it is here as a whole, or nobody has said."""
    left: int = 0
    """Submissions that were still to be graded when the grading was cut off."""
    due: str = ""
    """Until when, as `grade --due` said (ISO 8601, with its offset); empty: as the lab says."""
    schema_version: int = 1

    def named(self, *, anonymous: bool, before: Marker | None) -> Marker:
        """The same, with or without names on the class's page; `before` was there until now."""
        key = before.pseudonym_key if before is not None else ""
        if anonymous and not key:
            key = secrets.token_hex(16)
        return msgspec.structs.replace(self, anonymous=anonymous, pseudonym_key=key)

    @property
    def audience(self) -> str:
        """Whom it is a copy for; empty: it is what `grade` made."""
        return self.options.get(_AUDIENCE, "")

    def copied_for(self, audience: str, **options: str) -> Marker:
        """The marker of such a copy, with these options besides, without a sum over ids."""
        return msgspec.structs.replace(
            self,
            listing=None,
            shard="" if self.is_of_all else self.shard,
            parts=() if self.is_of_all else self.parts,
            options={**self.options, _AUDIENCE: audience, **options},
        )

    @property
    def parts_here(self) -> tuple[str, ...]:
        """The parts of a class that the folder holds: one, or those of a merge; none: it is whole.

        A merge that all parts went into is whole.
        """
        return (self.shard,) if self.shard else self.parts

    @property
    def is_of_all(self) -> bool:
        """Whether nobody of the class was dealt elsewhere: one part may be all of it."""
        parts = self.parts_here
        if self.parts and parts[0].endswith(f"/{len(parts)}"):
            return False  # all parts, and somebody is missing in one of them
        if parts and self.listing is not None:
            return self.listing.here == self.listing.persons
        return not parts or self.shard.endswith("/1")

    @property
    def page_key(self) -> str:
        """The key for the class's page; empty where it has the names."""
        return self.pseudonym_key if self.anonymous else ""


class OutputFolder:
    """A folder that is ours. Open it with `opened`, which also keeps others out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = str(path)

    def marker(self) -> Marker | None:
        """What the marker says; None where it cannot be read any more."""
        data = self.read(MARKER)
        if data is None:
            return None
        try:
            return msgspec.json.decode(data, type=Marker)
        except msgspec.MsgspecError:
            return None

    def mark(self, marker: Marker) -> None:
        """Write the marker."""
        self.write(MARKER, msgspec.json.format(msgspec.json.encode(marker)) + b"\n")

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None if there is no such file."""
        try:
            with open(f"{self._root}/{name}", "rb") as file:  # noqa: PTH123 -- as `write_parts`
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def size(self, name: str) -> int:
        """A file's bytes, counted; 0 if there is no such file."""
        try:
            return (self.path / name).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def digest(self, name: str) -> str | None:
        """A file's hex SHA-256; None if there is no such file."""
        digest = hashlib.sha256()
        try:
            # As `write_parts`: most files are small, and there are a great many.
            with open(f"{self._root}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
                while data := file.read(_CHUNK):
                    digest.update(data)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return digest.hexdigest()

    def write(self, name: str, data: bytes) -> None:
        """Write `name` (relative, its folders are made) whole or not at all.

        Raises:
            CannotWriteError: no space, no permission.
        """
        self.write_parts(name, (data,))

    def write_parts(self, name: str, parts: Iterable[bytes]) -> str:
        """Write these bytes, one after the other, like `write`; their hex SHA-256.

        Raises:
            CannotWriteError: no space, no permission.
        """
        digest = hashlib.sha256()
        # Plain strings: a class is a hundred thousand files, and a Path takes longer than a file.
        target = f"{self._root}/{name}"
        folder, _, last = target.rpartition("/")
        temporary = f"{folder}/.{last}.{os.getpid()}{_TEMPORARY}"
        try:
            try:
                with _new_file(temporary, folder) as file:
                    for part in parts:
                        digest.update(part)
                        file.write(part)
                os.replace(temporary, target)  # noqa: PTH105
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)  # noqa: PTH108
                raise
        except OSError as error:
            raise cannot_write(Path(target), error) from error
        return digest.hexdigest()

    def remove(self, name: str) -> None:
        """Remove a file or a whole folder of ours, if it is there.

        Raises:
            CannotWriteError: no permission.
        """
        target = self.path / name
        try:
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(target, error) from error

    def remove_leftovers(self) -> None:
        """Remove the temporary files and folders of a run that was cut off."""
        for folder, folders, files in os.walk(self.path):
            if folder == self._root:
                for name in [one for one in folders if one.endswith(_TEMPORARY)]:
                    folders.remove(name)
                    shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
            for name in files:
                if name.endswith(_TEMPORARY):
                    with contextlib.suppress(OSError):
                        (Path(folder) / name).unlink()
            if len(Path(folder).relative_to(self.path).parts) >= _DEPTH:
                folders.clear()


def is_for_students(marker: Marker | None) -> bool:
    """Whether the folder is a copy for students: it can't be judged again."""
    return marker is not None and marker.audience == STUDENTS


def _new_file(path: str, folder: str) -> IO[bytes]:
    try:
        return open(path, "wb")  # noqa: PTH123
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        return open(path, "wb")  # noqa: PTH123


def is_ours(path: Path) -> bool:
    """The folder has our marker."""
    return (path / MARKER).is_file()


@contextlib.contextmanager
def opened(path: Path, *, existing: bool = False) -> Iterator[OutputFolder]:
    """The output folder at `path`, made if need be (not if `existing`), for us alone.

    Raises:
        NotOursError: it is not empty and has no marker, or with `existing` it is not there.
        InUseError: another process is writing there.
        CannotWriteError: it cannot be made or written.
    """
    check(path, existing=existing)
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = _lock_file(path / LOCK)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        _lock(lock, path)
        _say_which(lock, path)
        folder = OutputFolder(path)
        if (path / CLEAN).exists():
            folder.remove(CLEAN)
        else:
            folder.remove_leftovers()
        yield folder
        if is_ours(path):
            with contextlib.suppress(OutputError):
                folder.write(CLEAN, b"")
    finally:
        os.close(lock)


@contextlib.contextmanager
def looked_at(path: Path) -> Iterator[OutputFolder]:
    """The output folder at `path`, only to be read: nothing is made, removed or locked for long.

    Raises:
        NotOursError: there is none of ours.
        InUseError: another process is writing there.
    """
    check(path, existing=True)
    try:
        lock = os.open(path / LOCK, os.O_RDONLY | _CLOEXEC)
    except OSError:
        lock = -1  # a copy without it: nobody writes there
    try:
        if lock >= 0:
            _lock(lock, path, shared=True)
        yield OutputFolder(path)
    finally:
        if lock >= 0:
            os.close(lock)


def check(path: Path, *, existing: bool = False) -> None:
    """Refuse a folder that is not ours, before anything is made or run.

    Raises:
        NotOursError: it is not empty and has no marker, or with `existing` it is not there.
        CannotWriteError: it cannot be read.
    """
    try:
        with os.scandir(path) as entries:
            found = {entry.name for entry in entries}
    except FileNotFoundError:
        if existing:
            raise NotOursError(f"{path}: there is no such folder") from None
        return
    except NotADirectoryError:
        raise NotOursError(f"{path} is a file, not a folder") from None
    except OSError as error:
        raise cannot_write(path, error) from error
    # Killed before there was a marker, it is ours all the same.
    begun = all(
        name in (LOCK, LOG) or name.startswith(INDEX) or name.endswith(_TEMPORARY) for name in found
    )
    if MARKER in found or (begun and not existing):
        return
    if existing:
        raise NotOursError(f"{path} holds no results of wiregrade grade (no {MARKER} in it)")
    raise NotOursError(
        f"{path} is not empty and is not Wiregrade's (no {MARKER} in it); nothing was "
        "written. Name another folder: --out FOLDER"
    )


def check_apart(path: Path, submissions: Path) -> None:
    """Refuse results inside `submissions` that a student may have handed in.

    Only what the file system says itself counts there (`holds_own_number`): a submission called
    as the output folder is, with a marker in it, would be written into and believed.

    Raises:
        NotOursError: it may be a submission, or the way to it is a link.
    """
    between = _between(path, submissions)
    if not between:
        return
    if any(part.is_symlink() for part in between):
        why = "leads through a link"
    elif is_ours(path) and not holds_own_number(path):
        why = "may be a submission"
    else:
        return
    raise NotOursError(
        f"{path} lies among the submissions and {why}; nothing was written. Name another "
        "folder: --out FOLDER"
    )


def _between(path: Path, submissions: Path) -> list[Path]:
    """The path and the folders above it, up to the submissions; none if it is not in there."""
    if not submissions.exists():
        return []  # which is told elsewhere
    for way in (Path(os.path.abspath(path)), path.resolve()):  # noqa: PTH100 -- links stay
        between: list[Path] = []
        for part in (way, *way.parents):
            if part.exists() and part.samefile(submissions):
                return between or [part]
            between.append(part)
    return []


def _lock_file(path: Path) -> int:
    """Open the lock: a file of ours, not what somebody's link or FIFO of that name leads to."""
    odd = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | odd, 0o644)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, f"{path.name} is no regular file")
    return descriptor


def _say_which(descriptor: int, path: Path) -> None:
    """The folder's own number, in its lock: by that a later run knows it for results.

    A submission with all that a folder of ours holds is a submission still (`discover`).
    """
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, b"%d\n" % path.stat().st_ino)
    except OSError as error:
        raise cannot_write(path, error) from error


def _lock(descriptor: int, path: Path, *, shared: bool = False) -> None:
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError(
                f"another wiregrade is writing to {path}; wait for it, or use --out FOLDER"
            ) from None
        except OSError:
            return  # a file system without locks


def cannot_write(path: Path | str, error: OSError) -> CannotWriteError:
    """What to say where the system refused to write `path`."""
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"{path}: the disk is full ({reason}); what was graded until now is kept. Make "
            "room, then give the same command again: it goes on from there"
        )
    return CannotWriteError(f"{path} cannot be written: {reason}")
