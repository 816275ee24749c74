"""Where a program makes a call, by its text alone: lines to look at, never a claim.

An arrow of a time line says which call of the program makes it; this says on which lines of
the program such a call stands. Where there are many the reader is told none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from grader.view.source import source_lines

SITES_SHOWN = 3
"""Lines that a reader is sent to; with more of them a list says nothing."""
_LOOKED_AT = 1 << 16
"""Bytes of a program that are looked through."""

_NAMES: Mapping[str, str] = {
    "accept": "accept",
    "bind": "bind",
    "close": "close|shutdown",
    "connect": "connect|connect_ex|create_connection",
    "listen": "listen|create_server",
    "print": "print",
    "recv": "recv|recv_into|recvfrom|recvmsg",
    "send": "send|sendall|sendto|sendmsg",
}
"""Call of a moment -> the names that a program may give it."""
_CALL = re.compile(r"(?<![\w])(\w{4,17})[ \t]{0,4}\(")
_COMMENT = re.compile(r"\s{0,200}(?:#|import\b|from\b|def\b)")
_KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split("|")}


@lru_cache(maxsize=8)  # asked for each run of the same program
def call_sites(data: bytes) -> Mapping[str, tuple[int, ...]]:
    """By call, the lines (from 1) of a program where it stands; none for a program too long."""
    if len(data) > _LOOKED_AT:
        return {}
    found: dict[str, dict[int, None]] = {}
    for number, text in enumerate(source_lines(data), 1):
        if _COMMENT.match(text):
            continue
        for call in _CALL.finditer(text):
            if kind := _KINDS.get(call[1]):
                found.setdefault(kind, {})[number] = None
    return {kind: tuple(numbers) for kind, numbers in found.items() if len(numbers) <= SITES_SHOWN}
