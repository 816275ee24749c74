"""How much a student's page shows of what may be as long as a student likes.

A page stays under `PAGE_BYTES`, whatever programs write: it is made at the first of `LEVELS` at
which it does. What a page costs is known only when it is written (a control character takes
thirty bytes of HTML, a letter one), so each level is tried, not foretold. All but floods have
the first; each further one shows less of every text, then fewer rows, then less of the program.
"""

from __future__ import annotations

from dataclasses import dataclass

PAGE_BYTES = 300_000
"""Of a page's HTML, in UTF-8, without the captures that it may carry."""


@dataclass(frozen=True, kw_only=True)
class Detail:
    """Bounds, in bytes of what a program wrote unless another unit is named."""

    level: int = 0
    rows: int = 260
    """Moments of all runs together."""
    rows_of_a_run: int = 8
    """Moments that a run has at least, however many runs there are; 5 or more."""
    moment: int = 240
    """Of one moment."""
    error: int = 1200
    """Of what went to stderr the end, which says most."""
    hex: int = 128
    """Of one moment, one by one."""
    screen: int = 4096
    """Of all that a run wrote, where its moments show a part of it."""
    compared: int = 600
    """Characters of a text that is compared with the expected one."""
    lines: int = 400
    """Lines of a program."""
    columns: int = 400
    """Characters of a line of a program."""
    source: int = 60_000
    """Characters of a program, one that has to be made visible counted as many (`DEAR`)."""
    code: bool = True
    """A moment quotes the line of the program that it leads to."""
    calls: int = 240
    """Rows of a traced run, 8 or more."""
    pair_rows: int = 200
    """Rows of a run of two programs, 8 or more."""
    cells: int = 512
    """Bytes of a message that was cut at each of them."""


DEAR = 15
"""What a character costs at most in HTML where every second one has to be made visible."""

FULL = Detail()

LEVELS = (
    FULL,
    Detail(level=1, error=600, hex=64, screen=1024, compared=300, source=40_000, calls=120,
           pair_rows=120),
    Detail(level=2, moment=120, error=300, hex=32, screen=256, compared=150, columns=200,
           source=20_000, calls=60, pair_rows=60, cells=256),
    Detail(level=3, rows=200, rows_of_a_run=6, moment=48, error=120, hex=0, screen=96, compared=60,
           lines=200, columns=120, source=12_000, code=False, calls=24, pair_rows=30, cells=96),
    Detail(level=4, rows=120, rows_of_a_run=5, moment=20, error=40, hex=0, screen=0, compared=20,
           lines=60, columns=48, source=4000, code=False, calls=8, pair_rows=12, cells=32),
)  # fmt: skip
"""From the whole to the least that is worth reading, which is small enough for any class of runs
that a lab has; `tests/test_view_detail.py` tries it with the dearest texts."""


def next_level(size: int, level: int) -> int:
    """The level to try after a page of so many bytes; that of the last stays the last."""
    # Each level halves about what can be halved: far too big a page would not fit after one.
    steps = 1 if size <= 2 * PAGE_BYTES else 2 if size <= 8 * PAGE_BYTES else len(LEVELS)
    return min(level + steps, len(LEVELS) - 1)
