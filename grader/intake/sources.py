"""Where a class's submissions lie: a folder, or the zip as it was downloaded, read in place."""

from __future__ import annotations

import contextlib
import os
import struct
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from grader.intake import apart, paths, tree
from grader.intake.discover import (
    FolderKind,
    cannot_read,
    holds_own_number,
    is_program,
    listing,
    number_of,
    which,
)
from grader.intake.errors import InputError, Refused
from grader.intake.gathering import Gathering
from grader.intake.layouts.clones import CLASSROOM50, GIT
from grader.intake.layouts.model import Item, ItemKind
from grader.intake.texts import same, shown, text
from grader.intake.zips import gather_members, member_name, read_member
from grader.lab.model import Role, RoleFiles, Text
from grader.stamps import Stamp, below

_OF_NOTE = (GIT, CLASSROOM50)
_DIRECTORY_BYTES = 64 * 2**20
"""Of a zip's directory: a class of 100,000 with two files each has 30 MB."""
_MEMBERS = 400_000
_STAMPED = 2000
"""Files and folders of one submission; where there are more it is read."""
_TAIL = 22 + 65535
"""The end record of a zip, and the longest comment behind it."""


class Source(Protocol):
    """Names at the top, and what lies below them."""

    name: str
    """Of the folder or the archive (without its suffix)."""
    refused: tuple[str, ...]
    """Names that lead elsewhere (`../x`): nothing is read of them."""

    def items(self) -> tuple[Item, ...]:
        """What lies at the top, sorted by name. Raises InputError."""
        ...

    def fill_folder(self, name: str, gathering: Gathering) -> None:
        """Take in all files of a folder at the top. Raises Refused."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """A file's bytes, `limit` + 1 of them at most. Raises Refused."""
        ...

    def names(self, folder: str) -> tuple[str, ...]:
        """Names in a folder somewhere below; none where there is no such folder."""
        ...

    def below(self, name: str) -> Source:
        """The same, of a folder at the top."""
        ...

    def is_results(self, name: str) -> bool:
        """An output folder of ours."""
        ...

    def which(self, name: str) -> FolderKind:
        """What a folder at the top is, where no platform named it."""
        ...

    def largest_archive(self, name: str) -> int:
        """Bytes of the largest archive at or below a name at the top, as it would be read."""
        ...

    def stamp(self, name: str) -> Stamp | None:
        """By what to tell whether what lies at and below a name at the top was changed since."""
        ...


class FolderSource:
    """A folder on the disk; no link in it is followed."""

    def __init__(self, root: Path, roles: Mapping[Role, RoleFiles], own: Path | None) -> None:
        self._root = root
        self._roles = roles
        self._own = own
        self._own_number = number_of(own) if own else None
        self._results: dict[str, bool] = {}
        self.name = paths.decoded(root.resolve().name) or "submission"
        self.refused: tuple[str, ...] = ()

    def items(self) -> tuple[Item, ...]:
        """See `Source`."""
        return tuple(
            Item(name=name, kind=_kind(kind), inside=self._inside(name, kind))
            for name, kind in listing(self._root)
        )

    def _inside(self, name: str, kind: str) -> frozenset[str]:
        if kind != "folder":
            return frozenset()
        there = (one for one in _OF_NOTE if os.path.lexists(f"{self._root}/{name}/{one}"))
        return frozenset(there)

    def fill_folder(self, name: str, gathering: Gathering) -> None:
        """See `Source`."""
        tree.gather_folder(self._root / name, gathering)

    def read(self, path: str, limit: int) -> bytes:
        """See `Source`."""
        return tree.read_below(self._root, path, limit)

    def names(self, folder: str) -> tuple[str, ...]:
        """See `Source`."""
        try:
            return tree.names_below(self._root, folder)
        except Refused:
            return ()

    def below(self, name: str) -> FolderSource:
        """See `Source`."""
        return FolderSource(self._root / name, self._roles, self._own)

    def is_results(self, name: str) -> bool:
        """See `Source`; asked several times, it is looked at once."""
        if name not in self._results:
            place = f"{self._root}/{name}"
            self._results[name] = self._is_own(place) or holds_own_number(place)
        return self._results[name]

    def _is_own(self, place: str) -> bool:
        """Whether this run writes there. A class has 100,000 places, and one that it writes to."""
        if self._own_number is None:
            return False
        try:
            found = os.stat(place)  # noqa: PTH116
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._own_number

    def which(self, name: str) -> FolderKind:
        """See `Source`."""
        if self.is_results(name):
            return "results"
        return which(self._root / name, self._roles, None) if name.startswith(".") else "entry"

    def largest_archive(self, name: str) -> int:
        """See `Source`."""
        return apart.largest_archive(self._root / name)

    def stamp(self, name: str) -> Stamp | None:
        """See `Source`."""
        return below(f"{self._root}/{name}", _STAMPED)


class ZipSource:
    """A zip of a class, or a folder in it, open for as long as it is read from."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        name: str,
        members: dict[str, zipfile.ZipInfo],
        roles: Mapping[Role, RoleFiles],
        refused: tuple[str, ...] = (),
        inside: tuple[str, ...] = (),
    ) -> None:
        self.refused = refused
        self._archive = archive
        self._members = members
        self._roles = roles
        self._inside = inside
        self.name = name
        self._by_top: dict[str, list[str]] = defaultdict(list)
        for path in members:
            self._by_top[path.partition("/")[0]].append(path)

    def items(self) -> tuple[Item, ...]:
        """See `Source`."""
        found = []
        for name, inside in sorted(self._by_top.items()):
            is_folder = any(path != name for path in inside)
            firsts = {path.split("/")[1] for path in inside if path != name}
            kind: ItemKind = "folder" if is_folder else self._kind(name)
            found.append(Item(name=name, kind=kind, inside=frozenset(firsts & {*_OF_NOTE})))
        return tuple(found)

    def _kind(self, name: str) -> ItemKind:
        mode = (self._members[name].external_attr >> 16) & 0o170000
        if mode == 0o120000:
            return "link"
        return "file" if mode in (0, 0o100000) else "other"

    def fill_folder(self, name: str, gathering: Gathering) -> None:
        """See `Source`."""
        there = [(path, self._members[path]) for path in self._by_top[name]]
        named = [(path[len(name) + 1 :] or "/", info) for path, info in there]
        allowed = gathering.bounds.work_for(sum(info.compress_size for _, info in there))
        # What was handed in is bounded as in a folder: the zip around it is not part of it.
        load = partial(self._inflated, limit=gathering.bounds.archive_bytes)
        try:
            gather_members(self._archive, named, gathering, allowed, load)
        except Refused as refused:
            raise _of_download(refused, name) from refused

    def read(self, path: str, limit: int) -> bytes:
        """See `Source`."""
        info = self._members.get(path)
        if info is None:
            raise Refused("unreadable", path)
        if (kind := self._kind(path)) != "file":
            raise Refused("link-refused" if kind == "link" else "not-a-file")
        return self._inflated(info, limit)

    def _inflated(self, info: zipfile.ZipInfo, limit: int) -> bytes:
        try:
            return read_member(self._archive, info, Gathering(()), limit, limit)
        except Refused as refused:
            raise _of_download(refused, member_name(info)) from refused

    def names(self, folder: str) -> tuple[str, ...]:
        """See `Source`."""
        start = f"{folder}/"
        inside = self._by_top[folder.partition("/")[0]]
        return tuple(
            sorted({p[len(start) :].split("/")[0] for p in inside if p.startswith(start)} - {""})
        )

    def below(self, name: str) -> ZipSource:
        """See `Source`."""
        start = f"{name}/"
        inner = {p[len(start) :]: i for p, i in self._members.items() if p.startswith(start)}
        inner.pop("", None)
        inside = (*self._inside, name)
        return ZipSource(self._archive, name, inner, self._roles, self.refused, inside)

    def is_results(self, name: str) -> bool:
        """See `Source`: a copy of results is nothing sure."""
        return False

    def which(self, name: str) -> FolderKind:
        """See `Source`."""
        firsts = (path for path in self._by_top[name] if path.count("/") < 3)
        programs = name.startswith(".") and any(is_program(p, self._roles) for p in firsts)
        return "entry" if programs or not name.startswith(".") else "hidden"

    def largest_archive(self, name: str) -> int:
        """See `Source`."""
        there = (path for path in self._by_top[name] if paths.archive_suffix(path))
        return max((self._members[path].file_size for path in there), default=0)

    def stamp(self, name: str) -> Stamp | None:
        """See `Source`: that of the whole zip."""
        return below(self._archive.filename or "", 1)

    def __reduce__(self) -> tuple[object, ...]:
        """Another process opens the zip anew."""
        return _again, (Path(self._archive.filename or "").absolute(), self._roles, self._inside)


@contextlib.contextmanager
def opened(
    path: Path, roles: Mapping[Role, RoleFiles], own: Path | None = None
) -> Iterator[Source]:
    """The class at `path`: its folder, or its zip. `own` is where this run writes.

    Raises:
        InputError: there is none, or it can't be read as it is.
    """
    if not path.is_file() or not path.name.lower().endswith(".zip"):
        yield FolderSource(path, roles, own)
        return
    with contextlib.ExitStack() as stack:
        yield _opened_zip(path, roles, stack)


def _opened_zip(
    path: Path, roles: Mapping[Role, RoleFiles], stack: contextlib.ExitStack
) -> ZipSource:
    try:
        file = stack.enter_context(path.open("rb"))
        _check_directory(file, path)
        archive = stack.enter_context(zipfile.ZipFile(file))
    except OSError as error:
        raise InputError(cannot_read(path, error)) from error
    except InputError:
        raise
    except Exception as error:  # BadZipFile, and what else zipfile makes of damaged ones
        raise InputError(_unusable(path, "abîmé", "damaged")) from error
    members, refused = _members(archive, path)
    return ZipSource(archive, paths.decoded(path.name)[:-4], members, roles, refused)


_for_good = contextlib.ExitStack()
"""What a process that reads one submission leaves open: it ends with it."""


def _again(path: Path, roles: Mapping[Role, RoleFiles], inside: tuple[str, ...]) -> ZipSource:
    """The zip that another process has open, or a folder in it."""
    source = _opened_zip(path, roles, _for_good)
    for name in inside:
        source = source.below(name)
    return source


def _members(
    archive: zipfile.ZipFile, path: Path
) -> tuple[dict[str, zipfile.ZipInfo], tuple[str, ...]]:
    """Members by path, and names that are none of a path inside."""
    refused: list[str] = []
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if info.flag_bits & 0x41:
            raise InputError(_unusable(path, "protégé par un mot de passe", "has a password"))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(_unusable(path, "compressé autrement", "is compressed otherwise"))
        raw = member_name(info).replace("\\", "/")
        parts = [part for part in raw.split("/") if part not in ("", ".")]
        if parts and ".." not in parts and not raw.startswith("/"):
            end = "/" if raw.endswith("/") else ""
            members["/".join(parts) + end] = info
        elif parts:
            refused.append(raw)
    return members, tuple(refused)


def _check_directory(file: IO[bytes], path: Path) -> None:
    """A zip's directory becomes an object for each member at once: count them first."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        raise InputError(_unusable(path, "abîmé", "damaged"))
    count, length = struct.unpack("<HI", tail[place + 10 : place + 16])
    locator = tail[place - 20 : place] if place >= 20 else b""
    if locator.startswith(b"PK\x06\x07"):
        file.seek(min(struct.unpack("<Q", locator[8:16])[0], size))
        record = file.read(56)
        file.seek(0)
        if len(record) < 56 or not record.startswith(b"PK\x06\x06"):
            raise InputError(_unusable(path, "abîmé", "damaged"))
        count, length = struct.unpack("<QQ", record[32:48])
    if count > _MEMBERS or length > _DIRECTORY_BYTES:
        raise InputError(_unusable(path, "trop grand", "too large"))


def _of_download(refused: Refused, name: str) -> Refused:
    """A damaged download is nobody's fault who handed in."""
    return Refused("unreadable", name) if refused.code == "broken-archive" else refused


def _unusable(path: Path, fr: str, en: str) -> Text:
    return text(
        "{where} ne peut pas être lu tel quel ({why}). Décompressez-le, puis donnez le dossier.",
        "{where} can't be read as it is ({why}). Unpack it, then give the folder.",
        where=same(shown(paths.decoded(str(path)))),
        why=text(fr, en),
    )


def _kind(kind: str) -> ItemKind:
    known: tuple[ItemKind, ...] = ("folder", "file", "link")
    return next((one for one in known if one == kind), "other")
