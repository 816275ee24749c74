"""Reading zip, straight into memory: stored and deflated members, nothing else.

The standard library's `zipfile` reads the directory and the members. It inflates in small
pieces and never past the size that it was told, which is looked at before; its bzip2 and
LZMA readers have no such bound, so these are not used.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Iterable
from functools import partial

from grader.intake import paths
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering

_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x41
"""Flag bits: encrypted, strongly encrypted."""
_UTF8 = 0x800


def gather_zip(data: bytes, gathering: Gathering) -> None:
    """Take in the regular files of a zip archive, the shallow ones first.

    Raises:
        Refused: `broken-archive`, `unsupported-archive`, `encrypted-archive`, `too-large`.
    """
    # zipfile makes an object for each entry before we see the first one.
    if data.count(_ENTRY) > gathering.bounds.seen:
        raise Refused("too-large", f"> {gathering.bounds.seen}")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except MemoryError:
        raise  # the machine's want, and not what was handed in
    except Exception as error:
        # BadZipFile, and also UnicodeDecodeError, NotImplementedError, ValueError, ...
        raise Refused("broken-archive") from error
    named = ((member_name(info), info) for info in archive.infolist())
    allowed, most = gathering.bounds.work_for(len(data)), gathering.bounds.nested_bytes

    def load(info: zipfile.ZipInfo) -> bytes:
        return read_member(archive, info, gathering, allowed, most)

    gather_members(archive, named, gathering, allowed, load)


def gather_members(
    archive: zipfile.ZipFile,
    named: Iterable[tuple[str, zipfile.ZipInfo]],
    gathering: Gathering,
    allowed: int,
    load: Callable[[zipfile.ZipInfo], bytes],
) -> None:
    """Take in these members under these names; `allowed` bytes may be inflated.

    `load` reads an archive among them, when its turn comes.

    Raises:
        Refused: as `gather_zip`.
    """
    members = _members(named, gathering)
    for path in sorted(members, key=lambda path: (path.count("/"), path)):
        info = members[path]
        if paths.archive_suffix(path) and not gathering.is_program(path):
            gathering.archives[path] = partial(load, info)
        elif gathering.fits(path, info.file_size):
            most = gathering.bounds.file_bytes
            gathering.keep(path, read_member(archive, info, gathering, allowed, most))


def _members(
    named: Iterable[tuple[str, zipfile.ZipInfo]], gathering: Gathering
) -> dict[str, zipfile.ZipInfo]:
    """The members that may be read, by path; of two with the same path the last, as ever."""
    members: dict[str, zipfile.ZipInfo] = {}
    locked = unknown = False
    for name, info in named:
        gathering.see()
        if name.endswith(("/", "\\")) or (path := gathering.path_of(name)) is None:
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind == stat.S_IFLNK:
            gathering.note("link-refused", path)
        elif kind not in (0, stat.S_IFREG):
            gathering.note("not-a-file", path)
        elif info.flag_bits & _ENCRYPTED:
            locked = True
            gathering.note("encrypted-member", path)
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            unknown = True
            gathering.note("unknown-compression", path)
        else:
            if path in members:
                gathering.note("duplicate-name", path)
            members[path] = info
    if not members and locked:
        raise Refused("encrypted-archive")
    if not members and unknown:
        raise Refused("unsupported-archive")
    return members


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name; without the UTF-8 flag it is often UTF-8 all the same (macOS, Linux).

    Else it is CP437, whose French letters are also those of CP850, which Windows uses.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name


def read_member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    gathering: Gathering,
    allowed: int,
    limit: int,
) -> bytes:
    """The bytes of one member, inflated within bounds.

    Raises:
        Refused: `too-large` or `broken-archive`.
    """
    if info.file_size > limit:
        raise Refused("too-large", paths.decoded(info.filename))
    gathering.spend(info.file_size, allowed)
    try:
        with archive.open(info) as member:
            return member.read(limit + 1)
    except MemoryError:
        raise  # as above
    except Exception as error:
        # A wrong sum, an end too early, an overlap, a name that differs: all of it broken.
        raise Refused("broken-archive") from error
