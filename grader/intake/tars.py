"""Reading tar: plain, GNU and POSIX (pax) headers, straight into memory.

Not the standard library's `tarfile`: its readers have hung or left the folder on headers
made for it (CVE-2024-6232, CVE-2025-8194, CVE-2025-4517), and which of these are mended
depends on the patch level of the host's Python. Only regular files are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.intake import paths
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering
from grader.intake.streams import Stream

BLOCK = 512
_EXTRA = 64 * 1024
"""Bytes of one long name or one pax header: both hold a path and a few attributes."""

_REGULAR = b"0\x007"
_FOLDER = b"5"
_LINKS = b"12"
_WITHOUT_DATA = b"123456"
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"


@dataclass(frozen=True)
class _Header:
    name: bytes
    size: int
    kind: bytes


def gather_tar(stream: Stream, gathering: Gathering) -> None:
    """Take in the regular files of a tar archive.

    Raises:
        Refused: `broken-archive` or `too-large`.
    """
    name: bytes | None = None
    attributes: dict[bytes, bytes] = {}
    met = False
    while (block := stream.take(BLOCK)) and block.count(0) != BLOCK:
        header = _parse(block)
        gathering.see()
        met = True
        if header.kind in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL):
            extra = _payload(stream, _bounded(header.size))
            if header.kind == _LONG_NAME:
                name = extra.rstrip(b"\0")
            elif header.kind == _PAX:
                attributes = _records(extra)
            continue
        raw = attributes.get(b"path") or name or header.name
        size = _decimal(attributes[b"size"]) if b"size" in attributes else header.size
        sparse = any(key.startswith(b"GNU.sparse") for key in attributes)
        _gather_member(_Header(raw, size, b"S" if sparse else header.kind), stream, gathering)
        name, attributes = None, {}
    if not met and not block:
        raise Refused("broken-archive")


def _gather_member(header: _Header, stream: Stream, gathering: Gathering) -> None:
    raw = header.name.decode("utf-8", "surrogateescape")
    is_folder = header.kind == _FOLDER or (header.kind in _REGULAR and raw.endswith(("/", "\\")))
    path = None if is_folder else gathering.path_of(raw)
    size = 0 if header.kind in _WITHOUT_DATA else header.size
    if path is not None and header.kind not in _REGULAR:
        gathering.note("link-refused" if header.kind in _LINKS else "not-a-file", path)
        path = None
    if path is not None and paths.archive_suffix(path) and not gathering.is_program(path):
        _keep_archive(path, size, stream, gathering)
    elif path is not None and gathering.fits(path, size):
        gathering.keep(path, _payload(stream, size))
    elif not stream.skip(_padded(size)):
        raise Refused("broken-archive")


def _keep_archive(path: str, size: int, stream: Stream, gathering: Gathering) -> None:
    """A stream can't be read twice: keep the first inner archive, in case it is alone."""
    data: bytes | None = None
    if gathering.archives or size > gathering.bounds.nested_bytes:
        if not stream.skip(_padded(size)):
            raise Refused("broken-archive")
    else:
        data = _payload(stream, size)

    def load() -> bytes:
        if data is None:
            raise Refused("too-large", path)
        return data

    gathering.archives[path] = load


def _payload(stream: Stream, size: int) -> bytes:
    data = stream.take(size)
    if len(data) < size or not stream.skip(_padded(size) - size):
        raise Refused("broken-archive")
    return data


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _bounded(size: int) -> int:
    if size > _EXTRA:
        raise Refused("broken-archive")
    return size


def _parse(block: bytes) -> _Header:
    if len(block) < BLOCK:
        raise Refused("broken-archive")
    given = _number(block[148:156])
    blanked = block[:148] + b" " * 8 + block[156:]
    # Very old writers summed signed bytes.
    signed = sum(blanked) - 256 * sum(byte > 127 for byte in blanked)
    if given not in (sum(blanked), signed):
        raise Refused("broken-archive")
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0":  # GNU's own form keeps dates where POSIX has the prefix
        prefix = block[345:500].split(b"\0", 1)[0]
        name = prefix + b"/" + name if prefix else name
    return _Header(name, _number(block[124:136]), block[156:157])


def _number(digits: bytes) -> int:
    """A number of a header: octal, or GNU's base 256. Negative ones are refused."""
    if digits[0] == 0x80:
        return int.from_bytes(digits[1:], "big")
    text = digits.strip(b" \0")
    if not all(byte in b"01234567" for byte in text):
        raise Refused("broken-archive")
    return int(text or b"0", 8)


def _decimal(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 20:
        raise Refused("broken-archive")
    return int(digits)


def _records(data: bytes) -> dict[bytes, bytes]:
    """The `length key=value` lines of a pax header."""
    records: dict[bytes, bytes] = {}
    position = 0
    while position < len(data) and data[position]:
        digits, space, _ = data[position : position + 21].partition(b" ")
        end = position + _decimal(digits)
        if not space or end > len(data) or end <= position or data[end - 1 : end] != b"\n":
            raise Refused("broken-archive")
        key, _, value = data[position + len(digits) + 1 : end - 1].partition(b"=")
        records[key] = value
        position = end
    return records
