"""A received stream shared between the messages that were expected in it.

TCP merges what is sent: two messages may come as one. They are told apart by their words,
never by how they arrived, so that the verdict does not depend on timing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from grader.lab.model import Tolerance
from grader.matching import find_message, find_near_message, normalise

CELLS = 600_000
"""Cells of an edit-distance table that we are ready to fill."""


def allocate(stream: bytes, expected: Sequence[str], tolerance: Tolerance) -> list[slice]:
    """How a stream is shared between the messages expected in it, in this order.

    The slices follow each other and cover the stream. Messages that are found keep
    their place; what lies between goes to those that are not, so that the whole differs least.
    """
    cuts, waiting = [0], list[str]()
    for text, span in zip(expected, _anchors(stream, expected, tolerance), strict=True):
        if span is None:
            waiting.append(text)
            continue
        if waiting:
            cuts += _share(stream, cuts[-1], span.start, waiting)
            waiting = []
        cuts.append(span.stop)
    if waiting:
        cuts += _share(stream, cuts[-1], len(stream), waiting)
    elif expected:
        cuts[-1] = len(stream)
    return [slice(a, b) for a, b in pairwise(cuts)]


def _anchors(stream: bytes, expected: Sequence[str], tolerance: Tolerance) -> list[slice | None]:
    """The place of each message that is found, in order: right ones first, then near ones."""
    spans: list[slice | None] = [None] * len(expected)
    for search in (find_message, find_near_message):
        begin = 0
        for index, text in enumerate(expected):
            span = spans[index]
            if span is None:
                later = (s.start for s in spans[index:] if s is not None)
                window = stream[begin : next(later, len(stream))]
                at = search(text, window, tolerance)
                if at is None:
                    continue
                span = spans[index] = slice(begin + at.start, begin + at.stop)
            begin = span.stop
    return spans


def _share(stream: bytes, begin: int, end: int, expected: Sequence[str]) -> list[int]:
    """Where each message ends in `stream[begin:end]`, so that all differ least in sum.

    The sum of edit distances is the distance to the texts joined; the path of that table
    crosses each joint at the cut. Too long a stretch is cut in proportion to the texts.
    """
    piece = stream[begin:end]
    wanted = [normalise(text).encode() for text in expected]
    if not piece or len(expected) == 1:
        return [end] * len(expected)
    if len(piece) * sum(map(len, wanted)) > CELLS:
        return [begin + cut for cut in _in_proportion(len(piece), wanted)]
    costs = list(range(len(piece) + 1))
    paths: list[tuple[int, ...]] = [()] * len(costs)
    for text in wanted:
        for letter in text:
            costs, paths = _row(letter, piece, costs, paths)
        paths = [(*path, column) for column, path in enumerate(paths)]
    return [begin + _character_start(piece, cut) for cut in paths[-1]]


def _row(
    letter: int, piece: bytes, costs: list[int], paths: list[tuple[int, ...]]
) -> tuple[list[int], list[tuple[int, ...]]]:
    """The next row of the edit-distance table, with the cuts of each cell's best path."""
    cost, path = costs[0] + 1, paths[0]
    new_costs, new_paths = [cost], [path]
    for column, byte in enumerate(piece, 1):
        diagonal, above = costs[column - 1] + (byte != letter), costs[column] + 1
        # Equal costs leave the bytes to the earlier message: one message is not two.
        if above <= diagonal and above <= cost + 1:
            cost, path = above, paths[column]
        elif diagonal <= cost + 1:
            cost, path = diagonal, paths[column - 1]
        else:
            cost += 1
        new_costs.append(cost)
        new_paths.append(path)
    return new_costs, new_paths


def _in_proportion(size: int, wanted: Sequence[bytes]) -> list[int]:
    total, sums = sum(map(len, wanted)) or 1, accumulate(map(len, wanted))
    return [*[size * done // total for done in sums][:-1], size]


def _character_start(piece: bytes, cut: int) -> int:
    """The cut, moved out of the middle of a UTF-8 character."""
    moved = cut
    while moved < len(piece) and piece[moved] & 0xC0 == 0x80 and moved - cut < 3:
        moved += 1
    return moved
