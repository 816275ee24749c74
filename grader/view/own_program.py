"""The text of the program that ran, where a page or a terminal has it: it tells words and order.

A run is recorded by looks at the program; of what one look finds the record cannot say which came
first. The program's own lines often can, and they know by what name its author made a call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from grader.view.call_sites import call_sites, printed_by
from grader.view.source import named, source_lines

_LOOKED_AT = 1 << 16
"""Bytes of a program that are looked through."""
_DEF = re.compile(r"\s{0,200}(?:async\s{1,8})?def\b")


class OwnProgram:
    """The program of one run; without its text nothing is known.

    `sources` are programs by path, `program` the one that ran.
    """

    def __init__(self, sources: Mapping[str, bytes], program: str) -> None:
        self._sources = sources
        self._own = sources.get(program, b"")

    def line(self, file: str, number: int) -> str:
        """The text of a line of that file (its path, or the end of it); empty if not known."""
        texts = _texts(named(self._sources, file) or b"")
        return texts[number - 1] if 1 <= number <= len(texts) else ""

    def prints_after(self, shown: bytes, call: str) -> bool | None:
        """Whether what printed `shown` stands below its only `call`; None where that is not told.

        Only within one function does a line below come later.
        """
        sites = call_sites(self._own)
        made = sites.get(call, ())
        prints = printed_by(self._own, sites.get("print", ()), shown)
        if len(made) != 1 or not prints:
            return None
        texts = _texts(self._own)
        if any(_function(texts, number) != _function(texts, made[0]) for number in prints):
            return None
        below = {number > made[0] for number in prints}
        return below.pop() if len(below) == 1 else None


NOTHING = OwnProgram({}, "")
"""No program is at hand."""


@lru_cache(maxsize=8)  # asked for each run of the same program
def _texts(data: bytes) -> tuple[str, ...]:
    return source_lines(data) if len(data) <= _LOOKED_AT else ()


def _function(texts: Sequence[str], number: int) -> int:
    """The line of the `def` around a line; 0 outside of all."""
    indent = _indent(texts[number - 1])
    for above in range(number - 1, 0, -1):
        text = texts[above - 1]
        if text.strip() and _indent(text) < indent:
            if _DEF.match(text):
                return above
            indent = _indent(text)
    return 0


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
