"""Archives, told apart by what they hold, not by their suffix. Nothing is written to disk."""

from __future__ import annotations

import zipfile
from functools import partial
from io import BytesIO

from grader.intake import sevenzip
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering
from grader.intake.streams import Stream, pieces
from grader.intake.tars import gather_tar
from grader.intake.zips import gather_zip

_FOREIGN = ((b"Rar!", "RAR"), (b"\x28\xb5\x2f\xfd", "zstd"))
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")


def unpack(data: bytes, gathering: Gathering) -> None:
    """Take in the files of one archive: zip, tar (also gzip, bzip2, xz), 7z with py7zr.

    Raises:
        Refused: `broken-archive`, `encrypted-archive`, `unsupported-archive`, `too-large`,
            `seven-zip-missing`.
    """
    if len(data) > gathering.bounds.archive_bytes:
        raise Refused("too-large", f"> {gathering.bounds.archive_bytes // 2**20} MiB")
    for magic, name in _FOREIGN:
        if data.startswith(magic):
            raise Refused("unsupported-archive", name)
    if data.startswith(sevenzip.MAGIC):
        sevenzip.gather_7z(data, gathering)
        return
    if not data.startswith(_COMPRESSED) and (data.startswith(_ZIP) or _is_zip(data)):
        gather_zip(data, gathering)
        return
    allowed = gathering.bounds.work_for(len(data))
    gather_tar(Stream(pieces(data), partial(gathering.spend, allowed=allowed)), gathering)


def unwrap(gathering: Gathering, layers: int) -> None:
    """Open the archive that is all there is: no program, and no other archive, beside it.

    `layers` is how many more may be opened, one in the other.

    Raises:
        Refused: as `unpack`, and `nested-archive`, `several-archives`.
    """
    while gathering.archives and not gathering.has_programs:
        names = sorted(gathering.archives)
        if len(names) > 1:
            raise Refused("several-archives", ", ".join(names))
        if not layers:
            raise Refused("nested-archive", names[0])
        load = gathering.archives.pop(names[0])
        gathering.note("archive-opened", names[0])
        unpack(load(), gathering)
        layers -= 1
    for name in gathering.archives:
        gathering.note("archive-ignored", name)


def _is_zip(data: bytes) -> bool:
    """A zip behind something else (a self-extracting one), but not a tar that holds one."""
    return data[257:262] != b"ustar" and zipfile.is_zipfile(BytesIO(data))
