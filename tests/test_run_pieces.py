"""A job is cut into its scenarios, and is whole again when the last of them is played."""

from __future__ import annotations

import pickle
from dataclasses import replace

import engine_tools as tools
import pytest

from grader import transcript as tr
from grader.lab.model import Level
from grader.lab.texts import texts_of
from grader.run.jobs import Job, Played, PlayedRun
from grader.run.pieces import Piece, choose, cut, done
from grader.runids import run_id
from grader.transcript import SAME_CAUSE, SAME_CAUSE_WHOLE

JOB = tools.job("", "server-nominal", "server-drawn", "server-coalesced", "server-split-every")


def played(piece: Piece, outcome: str = "completed") -> list[PlayedRun]:
    """What a worker gives back for it: each repeat of its scenario, connected to."""
    (scenario,) = piece.job.scenarios
    made = []
    for number in piece.job.numbers:
        header = tr.Header(
            run=run_id(scenario.id, number), scenario=scenario.id, role="server", program="p.py",
            texts={}, port=1, delivery="separate", seed="", isolation="full", facts="kernel",
            interpreter="", started="",
        )  # fmt: skip
        connected = tr.Connected(t=0, local=("", 1), remote=("", 2))
        made.append(
            PlayedRun(transcript=tr.of(header, [connected, tr.Ended(t=1, outcome=outcome)]))
        )
    return made


def ids(pieces: list[Piece]) -> list[str]:
    return [piece.job.scenarios[0].id for piece in pieces]


def names(whole: Played | None) -> list[str]:
    assert whole is not None
    return [run.transcript.header.run for run in whole.runs]


def finish(job: Job, outcome: str = "completed") -> tuple[list[Piece], list[Played]]:
    """Play all pieces, the last one first; all that there were, and what came of the job."""
    waiting, all_of_them, wholes = cut(job), [], []
    while waiting:
        piece = waiting.pop()
        all_of_them.append(piece)
        more, whole = done(piece, played(piece, outcome))
        waiting += more
        wholes += [whole] if whole else []
    return all_of_them, wholes


def test_what_gives_points_comes_first_and_advice_when_all_of_it_is_done() -> None:
    nominal, drawn = cut(JOB)
    assert ids([nominal, drawn]) == ["server-nominal", "server-drawn"]
    assert done(drawn, played(drawn)) == ([], None)
    advice, whole = done(nominal, played(nominal))
    assert ids(advice) == ["server-coalesced", "server-split-every"]
    assert [piece.skip for piece in advice] == ["", ""]
    assert whole is None


def test_a_job_is_done_with_its_last_piece_and_its_runs_are_in_order() -> None:
    _, (whole,) = finish(replace(JOB, certify=2))
    order = [s.id for s in JOB.scenarios]
    assert names(whole) == [*order, *(f"{name}~2" for name in order)]
    assert (whole.key, whole.role) == (JOB.key, JOB.role)


def test_advice_is_not_played_after_a_graded_run_that_a_limit_ended() -> None:
    pieces, _ = finish(JOB, "timeout")
    assert [piece.skip for piece in pieces[:2]] == ["", ""]
    assert {piece.skip for piece in pieces[2:]} == {SAME_CAUSE, SAME_CAUSE_WHOLE}


@pytest.mark.parametrize(
    ("outcome", "advice", "sweep"),
    [
        ("completed", True, True),
        # Worth advice, but not a run for each byte.
        ("crashed", True, False),
        ("stuck", True, False),
        ("timeout", False, False),
        ("limit", False, False),
        ("not_run", False, False),
    ],
)
def test_what_became_of_a_graded_run_tells_what_is_worth_playing(
    outcome: str, advice: bool, sweep: bool
) -> None:
    pieces, _ = finish(JOB, outcome)
    assert {ids([piece])[0]: not piece.skip for piece in pieces[2:]} == {
        "server-coalesced": advice,
        "server-split-every": sweep,
    }


def test_a_job_without_graded_scenarios_is_played_at_once() -> None:
    job = replace(JOB, scenarios=tuple(s for s in JOB.scenarios if s.level is Level.ADVICE))
    assert ids(cut(job)) == ["server-coalesced", "server-split-every"]


def test_all_of_a_job_may_be_skipped() -> None:
    pieces = cut(JOB, "lost")
    assert [piece.skip for piece in pieces] == ["lost"] * 4


def test_traced_runs_are_kept_apart() -> None:
    job = replace(JOB, scenarios=JOB.scenarios[:1])
    (piece,) = cut(job)
    (run,) = played(piece)
    _, whole = done(piece, [run], [run])
    assert whole is not None
    assert (whole.runs, whole.traced) == ((run,), (run,))


def test_a_piece_draws_the_same_texts_as_the_whole_lab() -> None:
    for piece in cut(JOB):
        (scenario,) = piece.job.scenarios
        assert texts_of(piece.job.lab, scenario, JOB.seed) == texts_of(JOB.lab, scenario, JOB.seed)


def test_an_order_is_small() -> None:
    """The words of a lab are for judging: no worker is sent them."""
    for piece in cut(JOB):
        assert len(pickle.dumps(piece.job)) < len(pickle.dumps(JOB)) / 4


def test_a_worker_stays_with_its_job_and_keeps_off_those_of_others() -> None:
    first, second, third = cut(replace(JOB, key="a")), cut(replace(JOB, key="b")), cut(JOB)
    waiting = [*first[1:], *second[1:]]
    assert choose(waiting, second[0], [first[0], second[0]]) is second[1]
    assert choose([*waiting, *third], None, [first[0], second[0]]) is third[0]
    assert choose(waiting, third[0], [first[0], second[0], third[0]]) is None
    assert choose([], None, []) is None


def test_a_piece_is_told_how_many_runs_of_its_program_may_follow() -> None:
    pieces = cut(JOB)
    told = pieces[0].followed([*pieces[1:], *cut(JOB)])
    graded = sum(s.level is Level.GRADED for s in JOB.scenarios)
    assert (graded, told.job.follow) == (len(pieces), len(JOB.scenarios) - 1)
    assert told.is_of(pieces[0])
