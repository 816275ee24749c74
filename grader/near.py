"""A text found in a longer one although a few letters of it are wrong.

A small edit distance is measured, but only where it can be small: searching costs about
linear time in the text searched, whatever it holds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

LETTERS_PER_EDIT = 6
"""A text needs so many letters for each edit forgiven, else « oui » would be « non »."""
CANDIDATES = 64
"""Places that are measured for one search."""


@dataclass(frozen=True, order=True)
class Place:
    """`where[start:end]`, which is `distance` edits away from the text looked for."""

    distance: int
    start: int
    end: int


def find_near(text: str, where: str, edits: int, ending: str = "") -> Place | None:
    """The best place of `text` in `where` within `edits` edits, of those that end on `ending`.

    With k edits, one of k + 1 pieces of the text is intact somewhere: only there is measured.
    """
    edits = min(edits, len(text) // LETTERS_PER_EDIT)
    if edits <= 0:
        return None
    places = (fit(text, where, start, edits) for start in _candidates(text, where, edits))
    right = (p for p in places if p is not None and where.endswith(ending, 0, p.end))
    return min(right, default=None)


def _candidates(text: str, where: str, edits: int) -> list[int]:
    """Where the text may start: from the places of its pieces."""
    size = len(text) // (edits + 1)
    starts: set[int] = set()
    for number in range(edits + 1):
        begin = number * size
        piece = text[begin : begin + size] if number < edits else text[begin:]
        at = where.find(piece)
        for _ in range(CANDIDATES):
            if at < 0:
                break
            starts.add(at - begin)
            at = where.find(piece, at + 1)
    return sorted(starts)[:CANDIDATES]


def fit(text: str, where: str, begin: int, edits: int) -> Place | None:
    """The best place of `text` in `where` near `begin`, if within `edits`."""
    # An edit mends one letter: where more are wanting there is nothing to measure.
    around = where[max(0, begin - edits) : max(0, begin + len(text) + edits)]
    if (Counter(text) - Counter(around)).total() > edits:
        return None
    return measure(text, where, begin, edits)


def measure(text: str, where: str, begin: int, edits: int) -> Place | None:
    """The same, by a table.

    A band of an edit-distance table: row i, column d stands for `where[begin + i + d]`.
    """
    width = 2 * edits + 1
    far = (edits + 1, 0)
    low = -edits
    row = [(0, max(0, begin + low + d)) for d in range(width)]
    for i, letter in enumerate(text, 1):
        following: list[tuple[int, int]] = []
        for d in range(width):
            at = begin + low + i + d - 1
            same = 0 <= at < len(where) and where[at] == letter
            cost, start = row[d]
            best = (cost + (not same), start)
            if d + 1 < width:
                best = min(best, (row[d + 1][0] + 1, row[d + 1][1]))
            if d > 0:
                best = min(best, (following[d - 1][0] + 1, following[d - 1][1]))
            following.append(best)
        row = following
        if min(row) >= far:
            return None
    ends = (
        Place(cost, start, begin + low + len(text) + d)
        for d, (cost, start) in enumerate(row)
        if cost <= edits and start < begin + low + len(text) + d <= len(where)
    )
    return min(ends, default=None)
