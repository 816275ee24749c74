"""Objects of a git repository, from bytes: loose ones, and packs with their index (version 2).

Source of the formats: git's `gitformat-pack`. Everything may be damaged or hostile: sizes are
bounded, chains of deltas short, and what does not fit is a ValueError.
"""

from __future__ import annotations

import struct
import zlib

OBJECT_BYTES = 256 * 1024
"""Of one object: a commit is a few hundred bytes, its message may be long."""
_CHAIN = 50
"""Git's own limit of a chain of deltas."""
_COMMIT, _OFS_DELTA, _REF_DELTA = 1, 6, 7


def loose(data: bytes) -> bytes:
    """The content of a loose commit.

    Raises:
        ValueError: it is none.
    """
    kind, _, rest = _inflated(data).partition(b"\0")
    if not kind.startswith(b"commit "):
        raise ValueError("not a commit")
    return rest


def offset_in(index: bytes, sha: str) -> int | None:
    """Where an index says that the object is in its pack; None: it is not there.

    Raises:
        ValueError: not an index of version 2.
    """
    wanted = bytes.fromhex(sha)
    if len(wanted) != 20 or index[:8] != b"\xfftOc\0\0\0\2" or len(index) < 8 + 1024:
        raise ValueError("not an index")
    fan = struct.unpack(">256I", index[8:1032])
    low, high, total = (fan[wanted[0] - 1] if wanted[0] else 0), fan[wanted[0]], fan[255]
    if not low <= high <= total or len(index) < 1032 + 28 * total:
        raise ValueError("not an index")
    while low < high:
        middle = (low + high) // 2
        found = index[1032 + 20 * middle : 1052 + 20 * middle]
        if found == wanted:
            return _offset(index, middle, total)
        low, high = (middle + 1, high) if found < wanted else (low, middle)
    return None


def packed(pack: bytes, index: bytes, offset: int) -> bytes:
    """The content of the commit at `offset`.

    Raises:
        ValueError: there is none.
    """
    deltas: list[bytes] = []
    for _ in range(_CHAIN):
        kind, place = _header(pack, offset)
        if kind == _COMMIT:
            data = _inflated(pack[place : place + OBJECT_BYTES])
            for delta in reversed(deltas):
                data = _applied(data, delta)
            return data
        if kind == _OFS_DELTA:
            back, place = _distance(pack, place)
            base = offset - back
        elif kind == _REF_DELTA:
            found = offset_in(index, pack[place : place + 20].hex())
            base, place = (-1 if found is None else found), place + 20
        else:
            break
        deltas.append(_inflated(pack[place : place + OBJECT_BYTES]))
        if not 0 < base < len(pack):
            break
        offset = base
    raise ValueError("not a commit")


def _offset(index: bytes, place: int, total: int) -> int:
    start = 1032 + 24 * total + 4 * place
    (offset,) = struct.unpack(">I", index[start : start + 4])
    if offset >> 31:
        raise ValueError("a pack of more than 2 GiB")
    return int(offset)


def _header(pack: bytes, offset: int) -> tuple[int, int]:
    """Kind of the object at `offset`, and where its content begins."""
    head = pack[offset : offset + 10]
    for place, byte in enumerate(head):
        if not byte & 0x80:
            return head[0] >> 4 & 7, offset + place + 1
    raise ValueError("cut off")


def _distance(pack: bytes, place: int) -> tuple[int, int]:
    """How far back the base of a delta is, and where the delta begins."""
    back = -1
    for byte in pack[place : place + 8]:
        back = (back + 1) << 7 | byte & 0x7F
        place += 1
        if not byte & 0x80:
            return back, place
    raise ValueError("cut off")


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, OBJECT_BYTES)
    except zlib.error as error:
        raise ValueError("damaged") from error


def _applied(base: bytes, delta: bytes) -> bytes:
    """The object that a delta makes of its base: pieces copied, pieces new."""
    size, place = _size(delta, 0)
    whole, place = _size(delta, place)
    if size != len(base) or whole > OBJECT_BYTES:
        raise ValueError("damaged")
    made = bytearray()
    while place < len(delta):
        code = delta[place]
        place += 1
        if code & 0x80:
            numbers = [0] * 7
            for bit in range(7):
                if code >> bit & 1:
                    if place >= len(delta):
                        raise ValueError("cut off")
                    numbers[bit] = delta[place]
                    place += 1
            start = int.from_bytes(bytes(numbers[:4]), "little")
            length = int.from_bytes(bytes(numbers[4:]), "little") or 0x10000
            made += base[start : start + length]
        else:
            made += delta[place : place + code]
            place += code
        if not code or len(made) > whole:
            raise ValueError("damaged")
    if len(made) != whole:
        raise ValueError("damaged")
    return bytes(made)


def _size(delta: bytes, place: int) -> tuple[int, int]:
    size = 0
    for shift, byte in enumerate(delta[place : place + 8]):
        size |= (byte & 0x7F) << 7 * shift
        place += 1
        if not byte & 0x80:
            return size, place
    raise ValueError("cut off")
