"""A pair waits for its programs' own runs, and is skipped with them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_tools import job as alone
from pair_tools import RIGHT_CLIENT, RIGHT_SERVER, job

from grader import transcript as tr
from grader.run.causes import same_cause
from grader.run.followers import Followers
from grader.run.jobs import Job, Played, PlayedRun
from grader.transcript import SAME_CAUSE

SERVER = alone("", "server-nominal", "server-client-leaves", key="a")
CLIENT = alone("", "client-nominal", "client-no-server", key="a")
PAIR = job(RIGHT_SERVER, RIGHT_CLIENT, key="a")


def run(scenario: str, *, connected: bool = True, outcome: str = "completed") -> tr.Transcript:
    header = tr.Header(
        run=scenario, scenario=scenario, role="server", program="p.py", texts={}, port=1,
        delivery="separate", seed="", isolation="full", facts="kernel", interpreter="",
        started="",
    )  # fmt: skip
    made = [tr.Connected(t=0, local=("", 1), remote=("", 2))] if connected else []
    return tr.of(header, [*made, tr.Ended(t=1, outcome=outcome)])


def played(one: Job, *transcripts: tr.Transcript) -> Played:
    runs = tuple(PlayedRun(transcript=t) for t in transcripts)
    return Played(key=one.key, role=one.role, runs=runs)


def test_a_pair_comes_after_both_of_its_programs() -> None:
    followers = Followers()
    assert [followers.keeps(one) for one in (SERVER, CLIENT, PAIR)] == [False, False, True]
    assert followers.done(played(CLIENT, run("client-nominal"))) == []
    assert followers.done(played(SERVER, run("server-nominal"))) == [PAIR]
    assert followers.why_skipped(PAIR) == ""


def test_it_waits_for_what_is_graded_alone() -> None:
    followers = Followers()
    for one in (SERVER, CLIENT, PAIR):
        followers.keeps(one)
    assert followers.done(played(CLIENT, run("client-nominal"))) == []
    assert followers.done(played(CLIENT, run("client-nominal"), run("client-no-server"))) == []
    assert followers.done(played(SERVER, run("server-nominal"))) == [PAIR]
    assert followers.done(played(SERVER, run("server-nominal"))) == []


def test_a_pair_that_comes_late_or_alone_does_not_wait() -> None:
    followers = Followers()
    assert not followers.keeps(PAIR)
    assert not followers.keeps(SERVER)
    assert followers.keeps(replace(PAIR))
    assert not followers.keeps(replace(PAIR, key="b"))


@pytest.mark.parametrize(
    ("transcript", "lost"),
    [
        (run("server-nominal"), False),
        (run("server-nominal", connected=False), True),
        (run("server-nominal", outcome="timeout"), True),
        (run("server-nominal", outcome="crashed"), False),
        # Only graded runs count: nobody is there to connect to in this one.
        (run("client-no-server", connected=False), False),
    ],
    ids=["fine", "never connected", "too long", "crashed", "advice"],
)
def test_what_was_lost_alone_is_not_played_together(transcript: tr.Transcript, lost: bool) -> None:
    followers = Followers()
    followers.keeps(SERVER)
    followers.keeps(CLIENT)
    one = CLIENT if transcript.header.scenario.startswith("client") else SERVER
    followers.done(played(one, transcript))
    assert followers.why_skipped(PAIR) == (SAME_CAUSE if lost else "")
    assert followers.why_skipped(SERVER) == ""


def test_an_overdue_step_is_such_a_cause() -> None:
    fine = run("server-nominal")
    step = tr.Step(t=0, index=0, status="missed", reason="overdue")
    assert same_cause(fine) == ""
    assert same_cause(tr.of(fine.header, [step, *fine.entries])) == SAME_CAUSE
