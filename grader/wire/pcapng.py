"""Frames as a pcapng file that Wireshark opens, comments included.

Format: draft-ietf-opsawg-pcapng, version 1.0, little-endian, nanoseconds.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Sequence

from grader import __version__
from grader.wire.frames import Frame

_SECTION, _INTERFACE, _STATISTICS, _PACKET = 0x0A0D0D0A, 1, 5, 6
_BYTE_ORDER = 0x1A2B3C4D
_END, _COMMENT = 0, 1
_SECTION_APPLICATION = 4
_INTERFACE_NAME, _INTERFACE_RESOLUTION = 2, 9
_STATISTICS_DROPPED = 5
_NANOSECONDS = b"\x09"
_LONGEST_OPTION = 0xFFFF

Option = tuple[int, bytes]


def write(
    frames: Sequence[Frame],
    comments: Sequence[Sequence[str]] = (),
    *,
    section_comment: str = "",
    interface: str = "lo",
    losses: int = 0,
) -> bytes:
    """The whole file. `comments` has the comments of each frame, or is empty.

    Frames of several link types stand on several interfaces. `losses` is the number of
    frames that the capture lost; Wireshark shows it in the file's properties.

    Raises:
        ValueError: `comments` is neither empty nor as long as `frames`.
    """
    # Into one place that grows, and is given out as it is: nothing of it is there twice.
    whole = io.BytesIO()
    for block in _blocks(frames, comments, section_comment, interface, losses):
        whole.write(block)
    return whole.getvalue()


def _blocks(
    frames: Sequence[Frame],
    comments: Sequence[Sequence[str]],
    section_comment: str,
    interface: str,
    losses: int,
) -> Iterator[bytes]:
    if comments and len(comments) != len(frames):
        raise ValueError("each frame needs its comments, which may be none")
    linktypes = list(dict.fromkeys(frame.linktype for frame in frames))
    yield _section(section_comment)
    for linktype in linktypes:
        yield _interface(interface, linktype)
    for number, frame in enumerate(frames):
        said = comments[number] if comments else ()
        yield _packet(frame, linktypes.index(frame.linktype), said)
    if losses and frames:
        yield _statistics(frames[-1].t, losses)


def _section(comment: str) -> bytes:
    options = [(_SECTION_APPLICATION, f"Wiregrade {__version__}".encode())]
    if comment:
        options.append((_COMMENT, _text(comment)))
    return _block(_SECTION, struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1), options)


def _interface(name: str, linktype: int) -> bytes:
    options = [(_INTERFACE_NAME, _text(name)), (_INTERFACE_RESOLUTION, _NANOSECONDS)]
    return _block(_INTERFACE, struct.pack("<HHI", linktype, 0, 0), options)


def _packet(frame: Frame, interface: int, comments: Iterable[str]) -> bytes:
    head = struct.pack(
        "<IIIII", interface, *_moment(frame.t), len(frame.data), frame.original_length
    )
    options = [(_COMMENT, _text(comment)) for comment in comments]
    return _block(_PACKET, head + _padded(frame.data), options)


def _statistics(t: int, losses: int) -> bytes:
    body = struct.pack("<III", 0, *_moment(t))
    return _block(_STATISTICS, body, [(_STATISTICS_DROPPED, struct.pack("<Q", losses))])


def _moment(t: int) -> tuple[int, int]:
    """One number of 64 bits, its upper half first."""
    return t >> 32 & 0xFFFF_FFFF, t & 0xFFFF_FFFF


def _block(kind: int, body: bytes, options: Sequence[Option]) -> bytes:
    if options:
        written = (
            struct.pack("<HH", code, len(value)) + _padded(value)
            for code, value in [*options, (_END, b"")]
        )
        body += b"".join(written)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if len(data) <= _LONGEST_OPTION:
        return data
    return data[:_LONGEST_OPTION].decode("utf-8", "ignore").encode()
