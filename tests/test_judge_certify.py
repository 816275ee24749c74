"""Repeats: what differs is told, and counts as it was at best."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
import transcripts as made

from grader import transcript as tr
from grader.judge.model import Certification, Difference, Status, Verdict
from grader.runids import run_id


def repeat(transcript: tr.Transcript, number: int) -> tr.Transcript:
    header = transcript.header
    name = run_id(header.scenario, number)
    return tr.of(msgspec.structs.replace(header, run=name), transcript.entries)


def repeats(*transcripts: tr.Transcript) -> list[tr.Transcript]:
    return [repeat(one, number) for number, one in enumerate(transcripts, 1)]


def deaf() -> tr.Transcript:
    """A server that prints the first message only."""
    play = made.server()
    play.receives(play.texts["greeting"]).sends("hello").consumed().prints(play.texts["hello"])
    return play.sends("goodbye").fin().we_close().exits()


def rude() -> tr.Transcript:
    """A right server, but for its end."""
    return made.served(made.server()).fin().we_close().exits(status=3)


RIGHT = made.right_server()


def test_once_is_no_certification() -> None:
    assert made.grade(RIGHT).certification is None


def test_equal_repeats_are_certified_and_change_nothing() -> None:
    for one in (RIGHT, deaf()):
        once = made.grade(one)
        graded = made.grade(*repeats(one, one, one))
        assert graded.certification == Certification(repeats=3, runs=3, verdicts=7, differences=())
        assert len(graded.runs) == 3
        assert replace(graded, certification=None, runs=once.runs) == once


def test_a_verdict_that_differs_is_listed_with_its_runs_and_counts_as_at_best() -> None:
    graded = made.grade(*repeats(deaf(), RIGHT, RIGHT, deaf()))
    assert graded.certification is not None
    assert graded.certification.differences == (
        Difference(
            role="server",
            scenario="server-nominal",
            expectation="stdout:goodbye",
            criterion="server.print2",
            verdicts=(
                Verdict(status=Status.PASS, runs=("server-nominal~2", "server-nominal~3")),
                Verdict(status=Status.FAIL, runs=("server-nominal", "server-nominal~4")),
            ),
        ),
    )
    judged = made.judged(graded, "server.print2")
    assert (judged.status, judged.points) == (Status.PASS, Fraction(2))
    assert [f.run for f in judged.findings] == ["server-nominal~2"]
    # Nothing is unjudged, so nothing leaves the total; and no mistake is named.
    assert [d.id for d in graded.diagnoses if d.level == "error"] == []


def test_each_verdict_counts_as_at_best_whichever_run_it_was_in() -> None:
    graded = made.grade(*repeats(deaf(), rude()))
    assert graded.certification is not None
    assert [d.expectation for d in graded.certification.differences] == ["stdout:goodbye", "exit"]
    runs = {
        name: [f.run for f in made.judged(graded, name).findings]
        for name in ("server.print2", "server.exit")
    }
    assert runs == {"server.print2": ["server-nominal~2"], "server.exit": ["server-nominal"]}
    server = [j.status for j in graded.criteria if j.criterion.role == "server"]
    assert set(server) == {Status.PASS}


def test_a_run_that_could_not_be_played_is_no_verdict() -> None:
    lost = made.Play("server-nominal").ends("not_run", problem="no room")
    graded = made.grade(*repeats(lost, RIGHT, RIGHT))
    assert graded.certification is not None
    assert graded.certification.differences == ()
    assert graded.certification.runs == 2
    assert made.judged(graded, "server.print2").status is Status.PASS


def test_advice_that_differs_is_told_too() -> None:
    def split(*, printed: bool) -> tr.Transcript:
        play = made.server("server-split")
        play.receives(play.texts["greeting"]).sends("hello").consumed()
        play.prints(play.texts["hello"]).sends("goodbye")
        return (play.prints(play.texts["goodbye"]) if printed else play).we_close().exits()

    graded = made.grade(*repeats(split(printed=True), split(printed=False)))
    assert graded.certification is not None
    (difference,) = graded.certification.differences
    assert (difference.scenario, difference.criterion) == ("server-split", None)
    assert {f.status for f in graded.advice} == {Status.PASS}


def test_scenarios_are_not_compared_with_each_other() -> None:
    transcripts = [*repeats(RIGHT, RIGHT), *repeats(made.right_server("server-drawn"))]
    graded = made.grade(*transcripts)
    assert graded.certification is not None
    assert graded.certification.differences == ()
    assert graded.certification.verdicts == 9
