"""Texts compared as a fair teacher would: the rules of the lab's tolerance.

A text is the one asked for (`pass`) when it is equal after Unicode NFC, with white space
outside removed and each run of it inside as one blank, accents folded where they are optional, in
any of the encodings allowed. It earns half (`partial`) when it is equal after folding
case and dropping punctuation, or within a small edit distance of it.

Whatever a program sends or prints is hostile: every search here costs about linear time in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from grader.decodings import View, best_view, decode, printable, views
from grader.escapes import Offsets, in_literal, unescaped
from grader.judge.model import Status
from grader.lab.model import Accents, Tolerance
from grader.letters import Compare, find, without_accents, without_case
from grader.near import Place, find_near

COMPLETE_WITHIN = 1 << 14
"""Bytes of a stream in which a message is looked for while it still arrives."""
_BETWEEN_QUOTES = re.compile(rb"""(['"])[ \t]*\r?\n[ \t]*b?\1""")
"""Between the pieces of a long text as pprint prints it."""
SURE_END = 8
"""Letters at the end that must be right before a message with mistakes is called complete."""
NEAR_WITHIN = 1 << 18
"""Bytes of an output in which a text with small mistakes is looked for."""
SHOWN = 1 << 16
"""Bytes of an output in which the nearest line is looked for."""


@dataclass(frozen=True)
class Match:
    """What comparing a received text with the expected one came to.

    `text` is the received text in the best decoding; `difference` is the index of the first
    character that differs, in both texts as `normalise` makes them (None when equal).
    `remarks` are codes: `accents-missing`, `other-encoding`, `extra-output`. `span` has the
    bytes of the text itself, without what is around it.
    """

    status: Status
    text: str
    span: slice
    remarks: tuple[str, ...] = ()
    difference: int | None = None


@dataclass(frozen=True)
class Print:
    """Where a text was found in an output: bytes `span`, as `text` in the best decoding.

    `remarks` are codes: `accents-missing`, `other-encoding`, `mangled`, `bytes-repr`.
    """

    status: Status
    span: slice
    text: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    status: Status
    start: int
    end: int
    view: View

    @property
    def bytes(self) -> slice:
        """The place in the bytes searched."""
        return slice(self.view.offset(self.start), self.view.offset(self.end))


def normalise(text: str) -> str:
    """NFC, white space outside removed, each run of it inside (no-break too) as one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str, accents: Accents = Accents.OPTIONAL) -> str:
    """The text for comparing loosely: no case, no punctuation, no accents where optional."""
    if accents is Accents.OPTIONAL and not text.isascii():
        text = without_accents(text)
    return " ".join(without_case(unicodedata.normalize("NFC", text)).split())


def length_in(expected: str, tolerance: Tolerance) -> Callable[[bytes], int | None]:
    """How many bytes of a stream the message takes, once it is complete; None before.

    Bytes before the message are counted with it, and white space after it. A message with
    small mistakes is complete when its end is right; one with greater ones never is.
    """
    least = len(_letters(expected, tolerance.accents)) - tolerance.edits
    literal = expected.encode()
    near = 4 * len(expected.encode()) + 256

    @lru_cache(maxsize=2)
    def within(window: bytes) -> int | None:
        # A right program sends just this; making the patterns would keep it waiting.
        if window.startswith(literal):
            end = len(literal)
            return end + len(window[end:]) - len(window[end:].lstrip())
        found = _exact(expected, window, tolerance) or _loose(
            expected, window[:near], tolerance, sure_end=True
        )
        if found is None:
            return None
        end = found.view.offset(found.end)
        return end + len(window[end:]) - len(window[end:].lstrip())

    def complete(stream: bytes) -> int | None:
        return None if len(stream) < least else within(stream[:COMPLETE_WITHIN])

    return complete


@lru_cache(maxsize=32)
def compare(expected: str, actual: bytes, tolerance: Tolerance) -> Match:
    """How the bytes of a message compare with the text expected.

    A right text with something else around it is right, with the remark `extra-output`.
    """
    found = _exact(expected, actual, tolerance) or _loose(expected, actual, tolerance)
    if found is None:
        text = best_view(actual, tolerance.encodings).text
        whole = slice(0, len(actual))
        return Match(Status.FAIL, printable(text), whole, (), _first_difference(expected, text))
    text = found.view.text[found.start : found.end]
    remarks = _remarks(expected, found)
    around = found.view.text[: found.start] + found.view.text[found.end :]
    around = around.replace("\0", "")  # a C program may send the end of its string
    if fold(around) or (found.status is Status.PASS and around.strip("\0 \t\r\n\ufeff\xa0")):
        remarks += ("extra-output",)
    difference = None if found.status is Status.PASS else _first_difference(expected, text)
    return Match(found.status, printable(text), found.bytes, remarks, difference)


def find_message(expected: str, stream: bytes, tolerance: Tolerance) -> slice | None:
    """The bytes of a stream where the message first stands as asked for, or None."""
    found = _exact(expected, stream, tolerance)
    return None if found is None else found.bytes


def find_near_message(expected: str, stream: bytes, tolerance: Tolerance) -> slice | None:
    """The bytes of a stream where the message stands with small mistakes, or None."""
    found = _loose(expected, stream, tolerance)
    return None if found is None else found.bytes


def find_print(expected: str, stdout: bytes, tolerance: Tolerance, start: int = 0) -> Print | None:
    """The text anywhere in an output from offset `start` on, or None.

    Accepted: any of the encodings, UTF-8 read as Latin-1 or CP1252 (`mangled`), the text's
    `b'...'` form (`bytes-repr`), on one line or broken over several, be they quoted each.
    """
    data = stdout[start:]
    joined = _BETWEEN_QUOTES.sub(lambda gap: b"\n" * len(gap[0]), data)
    plain = unescaped(data)
    for search in (_exact_print, _loose):
        if found := search(expected, data, tolerance):
            return _as_print(expected, found, data, start)
        if joined != data and (found := search(expected, joined, tolerance)):
            return _as_print(expected, found, joined, start)
        if search is _exact_print and (hit := _mangled(expected, data, tolerance)):
            return _as_print(expected, hit, data, start, ("mangled",))
        if plain != data and (found := search(expected, plain, tolerance)):
            made = _as_print(expected, found, plain, 0, ("bytes-repr",))
            offsets = Offsets(data, until=made.span.stop)
            begin, end = offsets.back(made.span.start), offsets.back(made.span.stop)
            span = slice(begin + start, end + start)
            return Print(made.status, span, made.text, made.remarks)
    return None


def nearest(expected: str, output: bytes, tolerance: Tolerance) -> slice | None:
    """The line of an output that resembles the text most, or None if none does: to be shown."""
    half = SHOWN // 2
    pieces = [(0, output)]
    if len(output) > SHOWN:
        pieces = [(0, output[:half]), (len(output) - half, output[-half:])]
    wanted = _trigrams(fold(expected, tolerance.accents))
    seen = set[bytes]()
    best, best_span = 0.0, None
    for base, piece in pieces:
        offset = base
        for line in piece.splitlines(keepends=True):
            start = line[: 4 * len(expected) + 64]
            if start not in seen:  # a flood says the same again and again: the first is the one
                seen.add(start)
                score = _likeness(wanted, start, tolerance)
                if score > best:
                    best, best_span = score, slice(offset, offset + len(line.rstrip()))
            offset += len(line)
    return best_span if best >= 0.1 else None


# --- searching ---------------------------------------------------------------------------


def _exact(
    expected: str, data: bytes, tolerance: Tolerance, *, broken: bool = False
) -> _Found | None:
    """The first place where the text stands as asked for; `broken`: over several lines."""
    how = Compare.BROKEN if broken else Compare.EXACT
    wanted = normalise(expected)
    for view in views(data, tolerance.encodings):
        if hit := find(wanted, view.text, how, tolerance.accents):
            return _Found(Status.PASS, *hit, view)
    return None


def _exact_print(expected: str, data: bytes, tolerance: Tolerance) -> _Found | None:
    return _exact(expected, data, tolerance, broken=True)


def _mangled(expected: str, data: bytes, tolerance: Tolerance) -> _Found | None:
    """The text whose UTF-8 was read as Latin-1 or CP1252 before it was printed."""
    if expected.isascii():
        return None
    raw = unicodedata.normalize("NFC", expected).encode()
    for encoding in ("latin-1", "cp1252"):
        if found := _exact(decode(raw, encoding), data, tolerance, broken=True):
            return found
    return None


def _loose(
    expected: str, data: bytes, tolerance: Tolerance, sure_end: bool = False
) -> _Found | None:
    """The first place where the text stands but for case, punctuation or a few letters."""
    folded = fold(expected, tolerance.accents)
    if not folded:
        return None
    read = views(data[:NEAR_WITHIN], tolerance.encodings)
    for view in read:
        if same := find(folded, view.text, Compare.LOOSE, tolerance.accents):
            return _Found(Status.PARTIAL, *same, view)
    return _near(folded, read, tolerance, folded[-SURE_END:] if sure_end else "")


def _near(folded: str, read: list[View], tolerance: Tolerance, ending: str) -> _Found | None:
    """The place with the fewest wrong letters, in whichever view."""
    best: tuple[Place, str, View] | None = None
    for view in read:
        where = _folded(view.text, tolerance.accents)
        place = find_near(folded, where, tolerance.edits, ending)
        if place is not None and (best is None or place.distance < best[0].distance):
            best = place, where, view
    if best is None:
        return None
    place, where, view = best
    words = where[place.start : place.end].strip()
    start, end = find(words, view.text, Compare.LOOSE, tolerance.accents) or (0, len(view.text))
    return _Found(Status.PARTIAL, start, end, view)


@lru_cache(maxsize=8)  # several texts are looked for in one output
def _folded(text: str, accents: Accents) -> str:
    return fold(text, accents)


# --- showing -----------------------------------------------------------------------------


def _letters(text: str, accents: Accents) -> str:
    return fold(text, accents).replace(" ", "")


def _remarks(expected: str, found: _Found) -> tuple[str, ...]:
    """What is to be said of a place found, although it costs nothing."""
    text = found.view.text[found.start : found.end]
    remarks: tuple[str, ...] = ()
    same = "".join(normalise(text).split()) == "".join(normalise(expected).split())
    if found.status is Status.PASS and not same:
        remarks += ("accents-missing",)
    if found.view.encoding not in ("ascii", "utf-8") and not text.isascii():
        remarks += ("other-encoding",)
    return remarks


def _as_print(
    expected: str, found: _Found, data: bytes, base: int, extra: tuple[str, ...] = ()
) -> Print:
    text = found.view.text[found.start : found.end]
    begin, end = found.bytes.start, found.bytes.stop
    remarks = extra if "mangled" in extra else _remarks(expected, found) + extra
    if "bytes-repr" not in remarks and in_literal(data, begin, end):
        remarks += ("bytes-repr",)
    return Print(found.status, slice(base + begin, base + end), printable(text), remarks)


def _first_difference(expected: str, text: str) -> int | None:
    left, right = normalise(expected), normalise(text)
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b and without_accents(a) != without_accents(b):
            return index
    return None if len(left) == len(right) else min(len(left), len(right))


def _likeness(wanted: set[str], line: bytes, tolerance: Tolerance) -> float:
    """The share of trigrams that a line has in common with the text wanted, 0 to 0.5."""
    have = _trigrams(fold(line.decode("utf-8", "replace"), tolerance.accents))
    return len(wanted & have) / (len(wanted) + len(have) or 1)


def _trigrams(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}
