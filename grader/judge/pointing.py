"""Where to look in a program when its run showed no line: a place, and never a claim.

The only use that judging makes of a source text. It adds « Look at line N. » to what a
diagnosis says where the program has exactly one such call, or `places` knows which lines
(and keeps them as `look` and `also`); no verdict depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from grader.judge import places, precise
from grader.judge.model import Diagnosis, Finding, Status
from grader.judge.own_calls import only_text, own_text
from grader.judge.wording import look_at, see_also, with_closes
from grader.lab.sayings import Sayings

LOOKED_AT = 1 << 16
"""Bytes of a program that are looked through."""
_LINE_END = re.compile(rb"\r\n|\n|\r")
_COMMENT = re.compile(rb"^\s*(?:#|//|import\b|from\b)")
_BIND, _RECEIVE, _ACCEPT, _CONNECT = (
    re.compile(rb"\.%s\s*\(" % name) for name in (b"bind", b"recv", b"accept", b"connect")
)
_VALUE = re.compile(r"[0-9]{2,5}(?:\.[0-9]{1,3}){3}|[0-9]{2,5}")
_VALUE_IN_CODE = re.compile(_VALUE.pattern.encode())
"""A port or an address, in what is said and in a program."""
_DATAGRAM = re.compile(rb"\bSOCK_DGRAM\b")

_CALLS: Mapping[tuple[str, str], re.Pattern[bytes]] = {
    ("bound-to-one-interface", "server"): _BIND,
    ("other-port-or-host", "server"): _BIND,
    ("other-port-or-host", "client"): _CONNECT,
    ("datagram-instead-of-stream", "server"): _DATAGRAM,
    ("datagram-instead-of-stream", "client"): _DATAGRAM,
    ("one-recv-two-messages", "server"): _RECEIVE,
    ("one-recv-two-messages", "client"): _RECEIVE,
    ("no-print", "server"): _RECEIVE,
    ("no-print", "client"): _RECEIVE,
    ("never-closes", "server"): _ACCEPT,
}
"""By id and role, what the mistake is about."""
_ALL_PLACES: Mapping[str, Callable[[Sequence[bytes]], tuple[int, ...]]] = {
    "prints-to-stderr": places.error_outputs,
    "prints-length-only": places.printed_lengths,
    "exit-status": places.exits,
    "output-altered": places.changed_prints,
    "one-recv-is-one-message": places.reads,
    "swapped-messages": places.sends,
    "second-message-missing": places.sends,
    "thread-called-not-started": places.held_threads,
}
"""Mistakes of which each place is worth a look."""
_OF_MESSAGES = ("swapped-messages", "second-message-missing")
"""Mistakes in which messages are sent, and when."""
_GIVEN = ("bound-to-one-interface", "other-port-or-host")
"""Mistakes in what a call is given, which may have got its value elsewhere."""


def pointed(
    diagnosis: Diagnosis,
    sources: Mapping[str, bytes],
    texts: Iterable[str] = (),
    sayings: Sayings | None = None,
) -> Diagnosis:
    """The diagnosis with where to look; as it was where that is not clear.

    `sources`: programs by their path inside the submission. `texts`: the lab's messages.
    `sayings`: for a mistake that the lines of the program let one say more exactly.
    """
    source = sources.get(diagnosis.file or "")
    if source is None or len(source) > LOOKED_AT:
        return diagnosis
    lines = _LINE_END.split(source)
    if diagnosis.line is not None:
        told = own_text(diagnosis.explanation, lambda number: _text(lines, number))
    else:
        code = [_text(lines, n) for n, x in enumerate(lines, 1) if not _COMMENT.match(x)]
        told = only_text(diagnosis.explanation, code)
    diagnosis = replace(diagnosis, explanation=told)
    if sayings is not None:
        exact = precise.reworded(diagnosis, lines, sayings)
        if exact is not None:
            return exact
    if diagnosis.line is not None:
        also = _beside(diagnosis, lines)
        if not also:
            return diagnosis
        closing = places.withs(lines, also) if diagnosis.id == "closes-listener-in-loop" else ()
        said = with_closes(also[0]) if closing == also[:1] and not also[1:] else see_also(also)
        return precise.with_sentence(replace(diagnosis, also=also), said)
    first, *more = _places(diagnosis, source, texts) or (0,)
    if not first:
        return diagnosis
    return precise.with_sentence(
        replace(diagnosis, look=first, also=tuple(more)), look_at(first, *more)
    )


def in_own_words(finding: Finding, source: bytes | None) -> Finding:
    """The finding with calls as the program of its role has them."""
    if source is None or len(source) > LOOKED_AT or finding.status is Status.PASS:
        return finding
    lines = _LINE_END.split(source)
    return replace(finding, what=own_text(finding.what, lambda number: _text(lines, number)))


def line_text(source: bytes, number: int) -> str:
    """The text of a line of a program; empty where it has no such line, or is too long."""
    return _text(_LINE_END.split(source), number) if len(source) <= LOOKED_AT else ""


def _text(lines: Sequence[bytes], number: int) -> str:
    return lines[number - 1].decode("utf-8", "replace") if 1 <= number <= len(lines) else ""


def _places(diagnosis: Diagnosis, source: bytes, texts: Iterable[str]) -> tuple[int, ...]:
    """The lines to look at, the nearest to the mistake first where one of them is."""
    lines = _LINE_END.split(source)
    if diagnosis.id in ("error-swallowed", "leaves-early"):
        return places.hidden_errors(lines)
    if diagnosis.id in _ALL_PLACES:
        found = _ALL_PLACES[diagnosis.id](lines)
        values = diagnosis.id in _OF_MESSAGES and len(found) == 1
        return (*found, *(places.assigned(lines, found[0]) if values else ()))
    if diagnosis.id == "hard-coded-output":
        return places.written_prints(lines, texts)
    if diagnosis.id == "wrong-text":
        return places.unlike(lines, texts)
    if (diagnosis.id, diagnosis.role) == ("speaks-first", "client"):
        return places.first_send(lines)
    call = _CALLS.get((diagnosis.id, diagnosis.role))
    line = None if call is None else only_line(source, call)
    if line is None:
        return ()
    return (line, *(_values(diagnosis, lines, line) if diagnosis.id in _GIVEN else ()))


def _values(diagnosis: Diagnosis, lines: Sequence[bytes], line: int) -> tuple[int, ...]:
    """Where what a call is given gets its value; of several those that hold what is told."""
    given = places.assigned(lines, line)
    told = {word.encode() for word in _VALUE.findall(diagnosis.explanation.in_language("fr"))}
    holding = tuple(n for n in given if told & set(_VALUE_IN_CODE.findall(lines[n - 1])))
    return holding or given


def _beside(diagnosis: Diagnosis, lines: Sequence[bytes]) -> tuple[int, ...]:
    """What else to look at where a run showed the line: who could end its wait, or makes it."""
    if diagnosis.line is None:
        return ()
    if diagnosis.id == "accept-tuple-not-unpacked":
        return places.kept_accepts(lines, diagnosis.line)
    if diagnosis.id == "closes-listener-in-loop":
        return places.closers(lines, diagnosis.line)
    if diagnosis.id == "io-on-listening-socket":
        return places.same_socket(lines, diagnosis.line)
    if diagnosis.id != "endless-loop":
        return ()
    found = places.waited_for(lines, diagnosis.line) or places.loops_of_libraries(lines)
    return tuple(n for n in found if n != diagnosis.line)


def only_line(source: bytes, call: re.Pattern[bytes]) -> int | None:
    """The line (from 1) of the only such call, comments and imports aside; None if not one."""
    if len(source) > LOOKED_AT:
        return None
    found = [
        number
        for number, text in enumerate(_LINE_END.split(source), 1)
        if not _COMMENT.match(text)
        for _ in call.finditer(text)
    ]
    return found[0] if len(found) == 1 else None
