"""Where to look in a program when its run showed no line: a place, and never a claim.

The only use that judging makes of a source text. It adds « Look at line N. » to what a
diagnosis says where the program has exactly one such call (and keeps the line as `look`); no
verdict depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from grader.judge.model import Diagnosis
from grader.judge.wording import look_at
from grader.lab.model import Text

LOOKED_AT = 1 << 16
"""Bytes of a program that are looked through."""
_LINE_END = re.compile(rb"\r\n|\n|\r")
_COMMENT = re.compile(rb"^\s*(?:#|//|import\b|from\b)")
_BIND, _RECEIVE, _ACCEPT, _CONNECT = (
    re.compile(rb"\.%s\s*\(" % name) for name in (b"bind", b"recv", b"accept", b"connect")
)
_STDERR = re.compile(rb"\bstderr\b")
_DATAGRAM = re.compile(rb"\bSOCK_DGRAM\b")

_CALLS: Mapping[tuple[str, str], re.Pattern[bytes]] = {
    ("bound-to-one-interface", "server"): _BIND,
    ("other-port-or-host", "server"): _BIND,
    ("other-port-or-host", "client"): _CONNECT,
    ("datagram-instead-of-stream", "server"): _DATAGRAM,
    ("datagram-instead-of-stream", "client"): _DATAGRAM,
    ("prints-to-stderr", "server"): _STDERR,
    ("prints-to-stderr", "client"): _STDERR,
    ("one-recv-two-messages", "server"): _RECEIVE,
    ("one-recv-two-messages", "client"): _RECEIVE,
    ("no-print", "server"): _RECEIVE,
    ("no-print", "client"): _RECEIVE,
    ("never-closes", "server"): _ACCEPT,
}
"""By id and role, what the mistake is about."""


def pointed(diagnosis: Diagnosis, sources: Mapping[str, bytes]) -> Diagnosis:
    """The diagnosis with where to look; as it was where that is not clear.

    `sources`: programs by their path inside the submission.
    """
    call = _CALLS.get((diagnosis.id, diagnosis.role))
    source = sources.get(diagnosis.file or "")
    if call is None or source is None or diagnosis.line is not None:
        return diagnosis
    line = only_line(source, call)
    if line is None:
        return diagnosis
    look = look_at(line).by_language
    told = diagnosis.explanation.by_language
    return replace(
        diagnosis,
        look=line,
        explanation=Text(
            {k: f"{said} {look[k]}" if k in look else said for k, said in told.items()}
        ),
    )


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
