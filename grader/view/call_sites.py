"""Where a program makes a call, by its text alone: lines to look at, never a claim.

An arrow of a time line says which call of the program makes it; this says on which lines of
the program such a call stands. Where there are many the reader is told none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from grader.view.source import source_lines

SITES_SHOWN = 3
"""Lines that a reader is sent to; with more of them a list says nothing."""
_LOOKED_AT = 1 << 16
"""Bytes of a program that are looked through."""

_TELLING = 3
"""Letters of a string that are not printed by chance."""
_ARGUMENT = re.compile(r"""(?<=[(,])[ ]{0,4}(['"])([^'"\\]{3,200})\1[ ]{0,4}(?=[,)])""")
"""A string that is all of an argument."""
_LONGEST = 400
"""Characters of a line that is looked at."""

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


def printed_by(data: bytes, lines: Iterable[int], shown: bytes) -> tuple[int, ...]:
    """Those of the print lines that can have printed `shown`: by the words that stand in them.

    A line whose words are in it goes before lines without words; one whose words are not in it
    is left out.
    """
    texts = source_lines(data)
    output = shown.decode("utf-8", "replace")
    with_words, without = list[int](), list[int]()
    for number in lines:
        words = _words(texts[number - 1]) if number <= len(texts) else []
        if not words:
            without.append(number)
        elif all(word in output for word in words):
            with_words.append(number)
    return tuple(with_words or without)


def _words(line: str) -> list[str]:
    """What a print is sure to show: the strings that it is given as they are."""
    if not line.lstrip().startswith("print") or len(line) > _LONGEST:
        return []
    return [
        found[2]
        for found in _ARGUMENT.finditer(line)
        if len(found[2].strip()) >= _TELLING
        and line.count("(", 0, found.start()) - line.count(")", 0, found.start()) == 1
    ]
