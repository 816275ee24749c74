"""A program that could not be compiled, or not without doubts, as students are told of it."""

from __future__ import annotations

import pytest
import transcripts as made

from grader import transcript as tr
from grader.judge.model import Diagnosis, Status

ERROR = b"./serveur.c:14:5: error: 'ecout' undeclared (first use in this function)\n"
WARNING = b"./serveur.c:12:9: warning: unused variable 'n' [-Wunused-variable]\n"


def compiled(status: int, output: bytes, limit: str = "", value: str = "") -> tr.Compiled:
    return tr.Compiled(
        t=0, command=("gcc",), status=status, output=output, limit=limit, value=value
    )


def unbuilt(entry: tr.Compiled) -> tr.Transcript:
    header = made.Play("server-nominal").header
    return tr.of(header, [entry, tr.Ended(t=0, outcome="crashed")])


def told(transcript: tr.Transcript, identifier: str) -> Diagnosis:
    (found,) = [d for d in made.grade(transcript).diagnoses if d.id == identifier]
    return found


def test_a_program_that_does_not_compile_loses_all_and_is_told_where() -> None:
    transcript = unbuilt(compiled(1, WARNING + ERROR))
    found = told(transcript, "compile-error")
    assert found.line == 14
    assert "(ligne\u00a014)" in found.explanation.in_language("fr")
    assert "'ecout' undeclared" in found.explanation.in_language("en")
    own = [c for c in made.grade(transcript).criteria if c.criterion.role == "server"]
    assert {c.status for c in own} == {Status.FAIL}
    assert {c.criterion.id for c in own} == set(found.criteria)
    assert made.remarks(transcript) == []


def test_an_error_without_a_line() -> None:
    found = told(unbuilt(compiled(1, b"collect2: error: ld returned 1\n")), "compile-error")
    assert found.line is None
    assert "ld returned 1" in found.explanation.in_language("en")


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [("cpu", "30 s", "CPU time: 30 s"), ("artifacts", "400", "files made: 400")],
)
def test_a_compiler_that_met_a_limit(limit: str, value: str, words: str) -> None:
    found = told(unbuilt(compiled(1, b"", limit, value)), "compile-error")
    assert words in found.explanation.in_language("en")


def test_what_did_not_come_says_that_nothing_was_run() -> None:
    finding = made.finding(unbuilt(compiled(1, ERROR)), "receive:greeting")
    assert "could not be compiled" in str(finding)


def test_a_warning_costs_nothing() -> None:
    right = made.right_server()
    transcript = tr.of(right.header, [compiled(0, WARNING), *right.entries])
    found = told(transcript, "compile-warning")
    assert (found.line, found.level) == (12, "remark")
    assert made.lost(transcript) == made.lost(right) == set()
    assert made.remarks(right) == []
