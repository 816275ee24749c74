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
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from grader.judge.model import Status
from grader.lab.model import Accents, Tolerance
from grader.letters import Compare, find, without_accents

COMPLETE_WITHIN = 1 << 14
"""Bytes of a stream in which a message is looked for while it still arrives."""
SURE_END = 8
"""Letters at the end that must be right before a message with mistakes is called complete."""
LETTERS_PER_EDIT = 6
"""A text needs so many letters for each edit forgiven, else « oui » would be « non »."""
CANDIDATES = 64
"""Places that are measured for one approximate search."""
NEAR_WITHIN = 1 << 18
"""Bytes of an output in which a text with small mistakes is looked for."""
SHOWN = 1 << 16
"""Bytes of an output in which the nearest line is looked for."""

_CONTROLS = re.compile(rb"[\x80-\x9f]")
_DROPPED = re.compile(r"[^\w\s]|_")
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\\'\"nrt]))|['\"][\r\n]+b['\"]")
_LITERALS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


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
class _View:
    """A way to read bytes as text, with the way back from characters to bytes."""

    encoding: str
    text: str

    def offset(self, index: int) -> int:
        """The offset in bytes of character `index`."""
        if self.encoding in ("ascii", "latin-1", "cp1252"):
            return index
        errors = "surrogateescape" if self.encoding == "utf-8" else "replace"
        return len(self.text[:index].encode(self.encoding, errors))


@dataclass(frozen=True)
class _Found:
    status: Status
    start: int
    end: int
    view: _View

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
    return " ".join(_DROPPED.sub("", unicodedata.normalize("NFC", text).casefold()).split())


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
        text = _best_view(actual, tolerance).text
        whole = slice(0, len(actual))
        return Match(Status.FAIL, _printable(text), whole, (), _first_difference(expected, text))
    text = found.view.text[found.start : found.end]
    remarks = _remarks(expected, found)
    around = found.view.text[: found.start] + found.view.text[found.end :]
    if fold(around) or (found.status is Status.PASS and around.strip("\0 \t\r\n\ufeff\xa0")):
        remarks += ("extra-output",)
    difference = None if found.status is Status.PASS else _first_difference(expected, text)
    return Match(found.status, _printable(text), found.bytes, remarks, difference)


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
    `b'...'` form (`bytes-repr`), on one line or broken over several.
    """
    data = stdout[start:]
    plain = _unescaped(data)
    for search in (_exact_print, _loose):
        if found := search(expected, data, tolerance):
            return _as_print(expected, found, data, start)
        if search is _exact_print and (hit := _mangled(expected, data, tolerance)):
            return _as_print(expected, hit, data, start, ("mangled",))
        if plain != data and (found := search(expected, plain, tolerance)):
            offsets = _Offsets(data)
            made = _as_print(expected, found, plain, 0, ("bytes-repr",))
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
    best, best_span = 0.0, None
    for base, piece in pieces:
        offset = base
        for line in piece.splitlines(keepends=True):
            text = line[: 4 * len(expected) + 64].decode("utf-8", "replace")
            have = _trigrams(fold(text, tolerance.accents))
            score = len(wanted & have) / (len(wanted) + len(have) or 1)
            if score > best:
                best, best_span = score, slice(offset, offset + len(line.rstrip()))
            offset += len(line)
    return best_span if best >= 0.1 else None


# --- searching ---------------------------------------------------------------------------


@lru_cache(maxsize=4)  # several texts are looked for in one output
def _views(data: bytes, encodings: tuple[str, ...]) -> list[_View]:
    """The bytes as text, in each encoding allowed; once if they are ASCII."""
    if data.isascii():
        return [_View("ascii", data.decode("ascii"))]
    if "latin-1" in encodings and _CONTROLS.search(data) is None:
        encodings = tuple(name for name in encodings if name != "cp1252")  # there they are the same
    return [_View(name, _decode(data, name)) for name in encodings]


def _decode(data: bytes, encoding: str) -> str:
    """One character for each byte in Latin-1 and CP1252; undecodable bytes survive UTF-8."""
    if encoding == "latin-1":
        return data.decode("latin-1")
    if encoding == "cp1252":
        return data.decode("cp1252", "replace")
    return data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def _exact(
    expected: str, data: bytes, tolerance: Tolerance, *, broken: bool = False
) -> _Found | None:
    """The first place where the text stands as asked for; `broken`: over several lines."""
    how = Compare.BROKEN if broken else Compare.EXACT
    for view in _views(data, tolerance.encodings):
        if hit := find(normalise(expected), view.text, how, tolerance.accents):
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
        if found := _exact(_decode(raw, encoding), data, tolerance, broken=True):
            return found
    return None


def _loose(
    expected: str, data: bytes, tolerance: Tolerance, sure_end: bool = False
) -> _Found | None:
    """The first place where the text stands but for case, punctuation or a few letters."""
    folded = fold(expected, tolerance.accents)
    if not folded:
        return None
    views = _views(data[:NEAR_WITHIN], tolerance.encodings)
    for view in views:
        if same := find(folded, view.text, Compare.LOOSE, tolerance.accents):
            return _Found(Status.PARTIAL, *same, view)
    hits = [(hit, v) for v in views if (hit := _approximate(folded, v, tolerance, sure_end))]
    if not hits:
        return None
    (_, near), view = min(hits, key=lambda pair: pair[0][0])
    start, end = find(near, view.text, Compare.LOOSE, tolerance.accents) or (0, len(view.text))
    return _Found(Status.PARTIAL, start, end, view)


def _approximate(
    folded: str, view: _View, tolerance: Tolerance, sure_end: bool
) -> tuple[int, str] | None:
    """Distance and folded words of the best place within the edit distance allowed.

    With k edits, one of k + 1 pieces of the text is intact somewhere: only there is measured.
    """
    edits = min(tolerance.edits, len(folded) // LETTERS_PER_EDIT)
    if edits <= 0:
        return None
    where = fold(view.text, tolerance.accents)
    best: tuple[int, int, int] | None = None
    for start in _candidates(folded, where, edits):
        hit = _fit(folded, where, start, edits)
        if hit is None or (best is not None and hit >= best):
            continue
        if sure_end and not where[: hit[2]].endswith(folded[-SURE_END:]):
            continue
        best = hit
    return None if best is None else (best[0], where[best[1] : best[2]].strip())


def _candidates(folded: str, where: str, edits: int) -> list[int]:
    """Where the text may start: from the places of its pieces."""
    size = len(folded) // (edits + 1)
    starts: set[int] = set()
    for number in range(edits + 1):
        begin = number * size
        piece = folded[begin : begin + size] if number < edits else folded[begin:]
        at = where.find(piece)
        for _ in range(CANDIDATES):
            if at < 0:
                break
            starts.add(at - begin)
            at = where.find(piece, at + 1)
    return sorted(starts)[:CANDIDATES]


def _fit(text: str, where: str, begin: int, edits: int) -> tuple[int, int, int] | None:
    """(distance, start, end) of `text` in `where` near `begin`, if within `edits`.

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
    ends = [
        (cost, start, begin + low + len(text) + d)
        for d, (cost, start) in enumerate(row)
        if cost <= edits and start < begin + low + len(text) + d <= len(where)
    ]
    return min(ends, default=None)


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
    if "bytes-repr" not in remarks and _in_literal(data, begin, end):
        remarks += ("bytes-repr",)
    return Print(found.status, slice(base + begin, base + end), _printable(text), remarks)


def _in_literal(data: bytes, begin: int, end: int) -> bool:
    """Whether the line shows these bytes inside b'...'."""
    before = data[max(0, begin - 4096) : begin].rpartition(b"\n")[2]
    opened = re.search(rb"(?<!\w)b(['\"])(?:(?!\1).)*\Z", before)
    return opened is not None and opened[1] in data[end : end + 4096].partition(b"\n")[0]


def _best_view(data: bytes, tolerance: Tolerance) -> _View:
    """The most plausible reading of bytes that are not the text expected."""
    views = _views(data, tolerance.encodings)
    first = views[0]
    if first.encoding != "utf-8":
        return first
    wrong = sum("\udc80" <= c <= "\udcff" for c in first.text)
    right = sum(c > "\x7f" for c in first.text) - wrong
    if wrong == 0 or right >= wrong:
        return first
    return next((v for v in views if v.encoding in ("cp1252", "latin-1")), first)


def _printable(text: str) -> str:
    """The text without the surrogates that stand for undecodable bytes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _first_difference(expected: str, text: str) -> int | None:
    left, right = normalise(expected), normalise(text)
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b and without_accents(a) != without_accents(b):
            return index
    return None if len(left) == len(right) else min(len(left), len(right))


def _trigrams(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


class _Offsets:
    """The way back from an output without its escapes to the output itself."""

    def __init__(self, data: bytes) -> None:
        self.plain: list[int] = [0]
        self.origin: list[int] = [0]
        size = done = 0
        for hit in _ESCAPE.finditer(data):
            size += hit.start() - done + len(_escape(hit))
            done = hit.end()
            self.plain.append(size)
            self.origin.append(done)

    def back(self, offset: int) -> int:
        """The offset in the output of offset `offset` in the text without escapes."""
        index = bisect_right(self.plain, offset) - 1
        return self.origin[index] + offset - self.plain[index]


def _unescaped(data: bytes) -> bytes:
    r"""The output with `\x` escapes undone and b'...' literals on several lines joined."""
    return _ESCAPE.sub(_escape, data)


def _escape(hit: re.Match[bytes]) -> bytes:
    if hit[1]:
        return bytes.fromhex(hit[1].decode())
    if hit[2]:
        return chr(int(hit[2], 16)).encode("utf-8", "replace")
    return _LITERALS.get(hit[3], hit[3]) if hit[3] else b""
