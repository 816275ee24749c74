r"""Outputs that show bytes as Python writes them: `b'...'`, with `\x` escapes."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

_ESCAPE = re.compile(
    rb"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\\'\"nrt]))"
    rb"|'[\r\n]+b['\"]|\"[\r\n]+b['\"]"  # two branches: a search looks for first bytes alone
)
_LITERALS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_LITERAL_WITHIN = 4096
"""Bytes on each side of a text in which the quotes of its literal are looked for."""


@lru_cache(maxsize=4)  # several texts are looked for in one output
def unescaped(data: bytes) -> bytes:
    r"""The output with `\x` escapes undone and b'...' literals on several lines joined."""
    if not any(sign in data for sign in (b"\\", b"b'", b'b"')):
        return data
    return _ESCAPE.sub(_escape, data)


def _escape(hit: re.Match[bytes]) -> bytes:
    if hit[1]:
        return bytes.fromhex(hit[1].decode())
    if hit[2]:
        return chr(int(hit[2], 16)).encode("utf-8", "replace")
    return _LITERALS.get(hit[3], hit[3]) if hit[3] else b""


class Offsets:
    """The way back from an output without its escapes to the output itself.

    For offsets up to `until`: nothing is looked at behind it.
    """

    def __init__(self, data: bytes, until: int) -> None:
        self.plain: list[int] = [0]
        self.origin: list[int] = [0]
        size = done = 0
        for hit in _ESCAPE.finditer(data):
            size += hit.start() - done + len(_escape(hit))
            done = hit.end()
            self.plain.append(size)
            self.origin.append(done)
            if size > until:
                break

    def back(self, offset: int) -> int:
        """The offset in the output of offset `offset` in the text without escapes."""
        index = bisect_right(self.plain, offset) - 1
        return self.origin[index] + offset - self.plain[index]


def in_literal(data: bytes, begin: int, end: int) -> bool:
    """Whether the line shows these bytes inside b'...'."""
    before = data[max(0, begin - _LITERAL_WITHIN) : begin].rpartition(b"\n")[2]
    opened = re.search(rb"(?<!\w)b(['\"])(?:(?!\1).)*\Z", before)
    if opened is None:
        return False
    return opened[1] in data[end : end + _LITERAL_WITHIN].partition(b"\n")[0]
