"""Two texts side by side: where they differ, marked, and a caret at the first difference."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import msgspec

from grader.view.bytes_view import Run, decoded, escaped, runs, width
from grader.view.detail import FULL

WINDOW = FULL.compared
"""Characters compared and shown: comparing is quadratic, and nobody reads further."""

CONTEXT = 60
"""Characters kept before the first difference when a long text is cut."""

_ALIKE = 0.4
"""Below this likeness, marking single letters says nothing: the texts are simply two texts."""


_BEGUN = 4
"""Two texts that are not alike and part before this have nothing in common to point at."""


class Part(msgspec.Struct, frozen=True):
    """A stretch of one of the two texts; `changed` where the other one has something else."""

    runs: tuple[Run, ...]
    changed: bool
    first: bool = False
    """The two texts are equal up to here."""


@dataclass(frozen=True)
class Difference:
    """What was expected and what came, ready to be shown."""

    expected: tuple[Part, ...]
    actual: tuple[Part, ...]
    same: bool
    cut_before: int
    """Characters left out before, equal in both."""
    cut_after: bool
    """More follows in at least one of them."""


def difference(expected: bytes, actual: bytes, window: int = WINDOW) -> Difference:
    """Compare two texts. Only the first `window` characters from the difference on count."""
    left, right = decoded(expected), decoded(actual)
    start = max(0, _first_difference(left, right) - min(CONTEXT, window // 4))
    if max(len(left), len(right)) <= window:
        start = 0
    cut = max(len(left), len(right)) - start > window
    one, two = left[start : start + window], right[start : start + window]
    parts = _parts(one, two)
    return Difference(
        expected=parts[0], actual=parts[1], same=left == right, cut_before=start, cut_after=cut
    )


def _first_difference(left: str, right: str) -> int:
    pairs = zip(left, right, strict=False)
    shortest = min(len(left), len(right))
    return next((i for i, (a, b) in enumerate(pairs) if a != b), shortest)


def _parts(left: str, right: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    if not left or not right or left == right:
        return _plain(left), _plain(right)
    at = _first_difference(left, right)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    # The quick ratio is never below the other, and much cheaper.
    if matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE:
        if at < _BEGUN:
            return _plain(left), _plain(right)
        return _split(left, at), _split(right, at)
    ours: list[Part] = []
    theirs: list[Part] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        ours += _cut_at(left[a:b], at - a, changed=tag != "equal")
        theirs += _cut_at(right[c:d], at - c, changed=tag != "equal")
    return _with_end(ours), _with_end(theirs)


def _cut_at(text: str, at: int, *, changed: bool) -> list[Part]:
    """The text as a part, or as two, the second of which begins at the first difference."""
    if not text:
        return []
    if not 0 <= at < len(text):
        return [Part(runs(text), changed)]
    before = [Part(runs(text[:at]), changed)] if at else []
    return [*before, Part(runs(text[at:]), changed, first=True)]


def _split(text: str, at: int) -> tuple[Part, ...]:
    return _with_end(_cut_at(text, at, changed=False))


def _with_end(parts: list[Part]) -> tuple[Part, ...]:
    """The parts; where a text ends at the first difference, that end is a part too."""
    ends = not any(part.first for part in parts)
    return (*parts, Part((), changed=True, first=True)) if ends else tuple(parts)


def _plain(text: str) -> tuple[Part, ...]:
    return (Part(runs(text), changed=False),) if text else ()


@dataclass(frozen=True)
class Caret:
    """Two lines for a terminal and the column (from 0) where they first differ."""

    expected: str
    actual: str
    column: int | None
    """None: they are equal, or differ so early or so much that a caret says nothing."""


def caret(expected: bytes, actual: bytes, columns: int) -> Caret:
    """Both texts cut to the `columns` around their first difference, escaped."""
    left, right = decoded(expected), decoded(actual)
    at = _first_difference(left, right)
    if left == right:
        return Caret(_window(left, 0, columns), _window(right, 0, columns), None)
    start = 0
    # Escapes are wider than what they stand for: look back while the prefix would not fit.
    while width(escaped(left[start:at])) > columns * 2 // 3:
        start += max(1, (at - start) // 4)
    lead = "…" if start else ""
    column = width(lead + escaped(left[start:at])) if at else None
    return Caret(
        _window(left, start, columns),
        _window(right, start, columns),
        column,
    )


def _window(text: str, start: int, columns: int) -> str:
    out, used = ["…"] if start else [], 1 if start else 0
    rest = escaped(text[start : start + columns])
    if len(text) <= start + columns and width(rest) + used <= columns:
        return "".join([*out, rest])
    # Cut before escaping: a character is at most 10 columns, and never less than one but marks.
    for character in text[start : start + columns * 2]:
        shown = escaped(character)
        used += width(shown)
        if used > columns - 1:
            return "".join([*out, "…"])
        out.append(shown)
    return "".join(out) + ("…" if len(text) > start + columns * 2 else "")
