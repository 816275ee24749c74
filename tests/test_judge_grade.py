from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import pytest
from msgspec.structs import replace
from transcripts import (
    GOODBYE,
    GREETING,
    HELLO,
    LAB,
    Play,
    client,
    grade,
    judged,
    right_client,
    right_server,
    served,
    server,
    without,
)

from grader import transcript as tr
from grader.judge import facts
from grader.judge import grade as grading
from grader.judge.criteria import worst
from grader.judge.model import Grade, Problem, Status
from grader.lab.model import Text
from grader.submission import MissingRole


@dataclass(eq=False)
class OnDisk:
    """A transcript that counts how often it was read."""

    transcript: tr.Transcript
    reads: int = 0

    @property
    def header(self) -> tr.Header:
        return self.transcript.header

    @property
    def end(self) -> tr.Ended:
        return self.transcript.end

    def read(self) -> tr.Transcript:
        self.reads += 1
        return self.transcript


RIGHT = (
    right_server(),
    right_server("server-drawn"),
    right_client(),
    right_client("client-drawn"),
)


def problem(blame: str, code: str = "missing-file") -> Problem:
    return Problem(code=code, blame=blame, message=Text({"fr": "Rien.", "en": "Nothing."}))


def total(made: Grade) -> tuple[str, bool]:
    return f"{made.score}/{made.max_score}", made.complete


def test_right_programs_have_all_the_points() -> None:
    made = grade(*RIGHT)
    assert total(made) == ("20/20", True)
    assert [r.id for r in made.runs] == [t.header.run for t in RIGHT]
    assert made.runs[0].exit == {"status": 0}


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["pass", "fail"], "fail"),
        (["partial", "pass"], "partial"),
        (["not_run", "pass"], "pass"),
        (["not_run"], "not_run"),
        ([], "not_run"),
    ],
)
def test_the_worst_verdict_counts(statuses: list[str], expected: str) -> None:
    assert worst([Status(s) for s in statuses]) is Status(expected)


def test_half_the_points_are_exact() -> None:
    play = client().sends("greeting").prints(GREETING.upper()).receives(HELLO + GOODBYE)
    made = grade(play.fin().exits())
    assert judged(made, "client.print").points == Fraction(3, 2)


def test_a_print_must_hold_in_both_runs() -> None:
    play = client("client-drawn").sends("greeting").prints(GREETING).receives(HELLO + GOODBYE)
    made = grade(right_client(), play.fin().exits())
    assert judged(made, "client.print").status is Status.FAIL
    assert made.score == 7


def test_advice_never_counts() -> None:
    advice = server("server-split").receives("Salut").exits(1)
    made = grade(*RIGHT, advice)
    assert made.score == 20
    assert {f.run for f in made.advice} == {"server-split"}


def test_a_fault_of_the_host_takes_points_out_of_the_total() -> None:
    broken = [Play(f"server-{n}").ends("not_run", problem="no room") for n in ("nominal", "drawn")]
    made = grade(*broken, *RIGHT[2:])
    assert total(made) == ("10/10", False)
    assert made.runs[0].problem == "no room"


def test_a_fault_of_the_host_is_no_matter_where_another_run_gave_a_verdict() -> None:
    made = grade(RIGHT[0], Play("server-drawn").ends("not_run", problem="no room"), *RIGHT[2:])
    assert total(made) == ("20/20", True)


def test_a_missing_program_fails_its_role_and_is_the_cause() -> None:
    made = grade(*RIGHT[:2], missing=(MissingRole(role="client", problem=problem("student")),))
    assert total(made) == ("10/20", True)
    assert judged(made, "client.exit").diagnoses == ("missing-file",)
    (cause,) = made.diagnoses
    assert (cause.id, cause.role, len(cause.criteria)) == ("missing-file", "client", 6)


def test_a_broken_archive_is_the_students() -> None:
    made = grade(problem=problem("student", "broken-archive"))
    assert total(made) == ("0/20", True)


@pytest.mark.parametrize("blame", ["host", "ours"])
def test_a_fault_of_ours_is_nobodys_zero(blame: str) -> None:
    made = grade(problem=problem(blame, "crash"))
    assert total(made) == ("0/0", False)


def test_runs_never_played_are_no_verdict() -> None:
    made = grade(*RIGHT[:2])
    assert total(made) == ("10/10", False)


def test_a_criterion_that_is_switched_off_is_left_out() -> None:
    made = grade(*RIGHT, lab=without(LAB, "server.exit"))
    assert total(made) == ("19/19", True)
    assert "server.exit" not in {j.criterion.id for j in made.criteria}


def test_a_repeat_counts_with_its_scenario() -> None:
    play = served(server()).fin()
    play.header = replace(play.header, run="server-nominal~2")
    made = grade(RIGHT[0], play.exits(1))
    # What differs between repeats is no fault of the student's: it counts as at best.
    assert judged(made, "server.exit").status is Status.PASS
    assert made.certification is not None
    assert [d.criterion for d in made.certification.differences] == ["server.exit"]


def test_transcripts_of_unknown_scenarios_are_ignored() -> None:
    play = server()
    play.header = replace(play.header, scenario="gone")
    assert grade(play.exits()).runs == ()


# --- what it takes -----------------------------------------------------------------------


def flood(scenario: str) -> OnDisk:
    """A run that is worth a shelf of its own."""
    play = served(server(scenario))
    play.entries.insert(1, tr.Stdout(t=1, data=bytes(facts.SHELF)))
    return OnDisk(play.limit("output"))


def test_ordinary_runs_are_read_once() -> None:
    runs = [OnDisk(one) for one in RIGHT]
    assert grade(*runs) == grade(*RIGHT)
    assert [one.reads for one in runs] == [1] * 4


def test_of_floods_one_is_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [flood("server-nominal"), flood("server-drawn"), flood("server-coalesced")]
    known: set[facts.Facts] = set()
    others: list[int] = []
    put = facts.Shelf.put

    def looked(shelf: facts.Shelf, one: facts.Facts, weight: int) -> None:
        put(shelf, one, weight)
        known.add(one)
        heavy = ({"entries", "stdout", "_by_kind"} & vars(each).keys() for each in known - {one})
        others.append(sum(map(bool, heavy)))

    monkeypatch.setattr(facts.Shelf, "put", looked)
    grade(*runs)
    assert len(known) == len(runs)
    assert set(others) == {0}


def test_reading_again_changes_no_grade(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = (right_server(), served(server("server-drawn")).stuck(), right_client())
    usual = grade(*mixed)
    monkeypatch.setattr(grading, "Shelf", partial(facts.Shelf, 0))
    runs = [OnDisk(one) for one in mixed]
    assert grade(*runs) == usual
    assert all(one.reads > 1 for one in runs)
