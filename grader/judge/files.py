"""Checks of files that a program leaves, as they were when the run ended."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from grader.judge.facts import Facts
from grader.judge.maker import Maker
from grader.judge.model import Finding, Status
from grader.lab.filenames import name_of
from grader.lab.model import ExpectFile
from grader.transcript import LeftFile
from reference.templates import RenderError

SHOWN = 4096
"""Bytes of a file, and of what it should hold, that a finding has."""


def check_file(facts: Facts, expectation: ExpectFile) -> Finding:
    """Whether the file is there (or is not) and holds what it should."""
    kind = "file-absent" if expectation.absent else "file"
    make = Maker(facts, f"{kind}:{expectation.name}", expectation.proves)
    name = name_of(expectation, facts.words, facts.hearing.heard)
    wanted = expectation.name if name is None else name
    found = next(((i, e) for i, e in facts.all(LeftFile) if e.name == wanted), None)
    if name is None and not expectation.absent:
        return make(Status.FAIL, "file.nameless", (found[0] if found else facts.last,), name=wanted)
    name = wanted
    if found is None or found[1].kind == "absent":
        evidence = (found[0],) if found is not None else (facts.last,)
        if expectation.absent and found is not None:
            return make(Status.PASS, "file.absent", evidence, name=name)
        return make(Status.FAIL, "file.none", evidence, name=name)
    index, left = found
    if expectation.absent:
        return make(Status.FAIL, "file.there", (index,), name=name)
    if left.kind != "file":
        key = {"link": "file.link", "other": "file.other"}.get(left.kind, "file.unreadable")
        return make(Status.FAIL, key, (index,), name=name)
    if expectation.message is None:
        return make(Status.PASS, "file.pass", (index,), name=name)
    return _held(facts, expectation.message, make, index, left)


def _held(facts: Facts, message: str, make: Maker, index: int, left: LeftFile) -> Finding:
    heard = facts.hearing.heard
    whole = left.size == len(left.data)
    try:
        expected: bytes | None = facts.words.value(message, heard)
    except RenderError:
        expected = None  # a pattern, or of what was never heard
    told = {"name": left.name, "size": left.size}
    same = expected is not None and left.digest == hashlib.sha256(expected).hexdigest()
    if same or (whole and facts.words.is_right(message, left.data, heard)):
        return make(Status.PASS, "file.held", (index,), **told)
    finding = make(Status.FAIL, _wrong(left, expected), (index,), **told,
                   wanted=len(expected or b""))  # fmt: skip
    return replace(finding, expected=expected and expected[:SHOWN], actual=left.data[:SHOWN])


def _wrong(left: LeftFile, expected: bytes | None) -> str:
    if not left.size:
        return "file.empty"
    if expected is None:
        return "file.differs"
    beginning = min(len(left.data), len(expected))
    if left.data[:beginning] != expected[:beginning]:
        return "file.differs"
    return "file.short" if left.size < len(expected) else "file.long"
