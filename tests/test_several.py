"""Several connections at once: programs of every kind in the real sandbox, right and wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import engine_tools as tools
import pytest

from grader import transcript as tr
from grader.judge.checks import check, check_facts
from grader.judge.diagnosis import Examined, diagnose
from grader.judge.facts import Facts
from grader.judge.model import Finding, Status
from grader.lab.load import load_lab
from grader.lab.model import Lab
from grader.run.engine import Engine
from grader.view.sequence import moments
from grader.wire.comments import comments
from grader.wire.frames import parse
from grader.wire.synthesis import synthesize

LABS = Path(__file__).resolve().parent / "labs"


@cache
def lab(name: str) -> Lab:
    return load_lab(LABS / name)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with tools.engine("full") as started:
        yield started


def play(engine: Engine, of: str, program: str, *scenarios: str) -> tr.Transcript:
    source = (LABS / of / "programs" / f"{program}.py").read_bytes()
    chosen = [lab(of).scenario(name) for name in scenarios]
    return tools.run(engine, tools.job(source, *chosen, lab=lab(of)))


def findings(transcript: tr.Transcript, of: str) -> Mapping[str, Finding]:
    found = check(transcript, lab(of), lab(of).scenario(transcript.header.scenario))
    return {finding.expectation: finding for finding in found}


def errors(transcript: tr.Transcript, of: str) -> set[str]:
    """The mistakes that are named."""
    facts = Facts(transcript, lab(of), lab(of).scenario(transcript.header.scenario))
    told = diagnose(lab(of), [Examined(facts, check_facts(facts))])
    return {x.id for x in told if x.level == "error"}


def statuses(transcript: tr.Transcript, of: str) -> dict[str, str]:
    return {name: found.status.value for name, found in findings(transcript, of).items()}


@pytest.mark.parametrize("kind", ["threads", "select", "asyncio"])
def test_a_server_of_any_kind_is_right(engine: Engine, kind: str) -> None:
    for scenario in ("relay", "side-by-side"):
        played = play(engine, "several", f"relay_{kind}", scenario)
        assert set(statuses(played, "several").values()) == {"pass"}, tools.summary(played)
        assert all(e.guaranteed for e in tools.entries(played, tr.Sent)), tools.summary(played)


@pytest.mark.parametrize("program", ["asyncio_sleeps", "flushes", "timers", "polls"])
def test_a_server_that_answers_by_its_own_timer_is_right(engine: Engine, program: str) -> None:
    # While it waits for its timer it also waits for its clients, in one call or in two threads.
    played = play(engine, "several", f"relay_{program}", "relay")
    assert set(statuses(played, "several").values()) == {"pass"}, tools.summary(played)
    assert all(e.guaranteed for e in tools.entries(played, tr.Sent)), tools.summary(played)
    # Nor is it the promised time that helps it.
    assert not [x for x in tools.entries(played, tr.State) if x.why == "deadline"]


def test_processes_serve_side_by_side_and_share_nothing(engine: Engine) -> None:
    played = play(engine, "several", "relay_fork", "relay")
    assert statuses(played, "several") == {
        "receive:welcome:bob": "pass",
        "receive:hello:bob": "fail",
        "silence:alice": "pass",
        "receive:answer:alice": "fail",
    }, tools.summary(played)


def test_one_who_serves_one_after_the_other_is_told_whom_it_waits_for(engine: Engine) -> None:
    played = play(engine, "several", "relay_sequential", "relay")
    missing = findings(played, "several")["receive:welcome:bob"]
    assert missing.status is Status.FAIL
    assert missing.what.in_language("en").endswith(
        "waits for alice (recv(), line 10) while bob waits in the queue of accept()."
    )
    state = next(e for e in tools.entries(played, tr.State) if e.why == "waiting")
    assert [s.connection for s in state.sockets if not s.accepted] == ["bob"]
    assert played.end.t < 5e9


def test_serving_one_after_the_other_is_the_mistake_that_is_named(engine: Engine) -> None:
    """Not the crash that it ends in, when everybody has left."""
    played = play(engine, "several", "relay_sequential", "relay")
    facts = Facts(played, lab("several"), lab("several").scenario("relay"))
    found = diagnose(lab("several"), [Examined(facts, check_facts(facts))])
    assert [(d.id, d.line) for d in found] == [("sequential-server", 10)]


def test_what_comes_back_to_the_sender_breaks_its_silence(engine: Engine) -> None:
    played = play(engine, "several", "relay_back", "relay")
    assert statuses(played, "several") == {
        "receive:welcome:bob": "pass",
        "receive:hello:bob": "pass",
        "silence:alice": "fail",
        "receive:answer:alice": "pass",
    }, tools.summary(played)


def test_who_finds_the_queue_full_is_kept_out_for_good(engine: Engine) -> None:
    played = play(engine, "several", "one_client", "crowd")
    assert played.end.outcome == "completed", tools.summary(played)  # alice has left, so it ends
    assert statuses(played, "several") == {"receive:welcome:dave": "fail"}
    steps = [(e.index, e.status, e.reason) for e in tools.entries(played, tr.Step)]
    assert (3, "missed", "stuck") in steps, tools.summary(played)
    assert errors(played, "several") == {"sequential-server"}


def test_a_server_that_polls_is_left_once_nothing_more_is_asked_of_it(engine: Engine) -> None:
    played = play(engine, "several", "polls", "crowd")
    assert statuses(played, "several") == {"receive:welcome:dave": "pass"}, tools.summary(played)
    assert played.end.limit is None
    assert tools.entries(played, tr.Killed)[0].why == "finished"


def test_what_stays_open_is_not_read_from_because_another_one_is(engine: Engine) -> None:
    played = play(engine, "several", "keeps_open", "leaving")
    assert errors(played, "several") == {"never-closes"}, tools.summary(played)


# --- datagrams ---------------------------------------------------------------------------


def test_a_right_udp_server_answers_each_one(engine: Engine) -> None:
    played = play(engine, "datagrams", "server_right", "server-asked")
    assert set(statuses(played, "datagrams").values()) == {"pass"}, tools.summary(played)
    sent = tools.entries(played, tr.Sent)
    assert [e.messages for e in sent] == [("request",)] * 3 + [("other",)]
    assert all(e.guaranteed for e in sent)


@pytest.mark.parametrize("program", ["server_right", "server_polls"])
def test_what_was_asked_twice_may_be_answered_after_the_first_time(
    engine: Engine, program: str
) -> None:
    played = play(engine, "datagrams", program, "server-asked")
    found = check(played, lab("datagrams"), lab("datagrams").scenario("server-asked"))
    assert {x.status for x in found} == {Status.PASS}, tools.summary(played)
    assert played.end.limit is None


@pytest.mark.parametrize(
    ("program", "named"),
    [("server_tcp", {"datagram-instead-of-stream"}), ("server_once", set())],
)
def test_mistakes_of_tcp_are_not_named_over_udp(
    engine: Engine, program: str, named: set[str]
) -> None:
    played = play(engine, "datagrams", program, "server-asked")
    assert errors(played, "datagrams") == named, tools.summary(played)


def test_a_udp_server_that_clings_to_its_first_client(engine: Engine) -> None:
    played = play(engine, "datagrams", "server_first_only", "server-asked")
    assert statuses(played, "datagrams") == {
        "listening": "pass",
        "receive:answer:alice": "pass",
        "receive:second:bob": "fail",
    }, tools.summary(played)
    assert not tools.entries(played, tr.Dialed)


@pytest.mark.parametrize(("program", "status"), [("retries", "pass"), ("once", "fail")])
def test_a_lost_datagram_has_to_be_sent_again(engine: Engine, program: str, status: str) -> None:
    played = play(engine, "datagrams", f"client_{program}", "client-lost")
    found = statuses(played, "datagrams")
    assert (found["drop:request"], found["receive:request"]) == ("pass", status), tools.summary(
        played
    )
    assert played.end.t < 5e9


def test_without_a_capture_datagrams_are_drawn_from_the_record(engine: Engine) -> None:
    played = play(engine, "datagrams", "server_right", "server-asked")
    segments = [parse(frame) for frame in synthesize(played)]
    assert [(x.protocol, x.payload) for x in segments if x][:2] == [
        ("udp", b"heure ?"),
        ("udp", b"il est midi"),
    ]


# --- slow readers, idle clients, arguments, IPv6, the keyboard ---------------------------

SLOW = "server-slow"


def test_one_who_writes_in_threads_bears_a_slow_reader(engine: Engine) -> None:
    played = play(engine, "manners", "slow_threads", SLOW)
    assert set(statuses(played, "manners").values()) == {"pass"}, tools.summary(played)


def test_one_who_waits_in_send_for_a_slow_reader_is_proved_stuck(engine: Engine) -> None:
    played = play(engine, "manners", "slow_blocks", SLOW)
    found = findings(played, "manners")["receive:answer:bob"]
    assert found.status is Status.FAIL
    told = found.what.in_language("en")
    assert "waits for carol (send(), line 18), and bob receives nothing" in told, (
        told, [x for x in played.entries if isinstance(x, tr.State | tr.Position)],
    )  # fmt: skip
    assert errors(played, "manners") == set()


def test_one_who_drops_a_slow_reader_and_waits_is_proved_stuck(engine: Engine) -> None:
    # That it is gone lies unread: to wait for it would take all of the run's time.
    played = play(engine, "manners", "slow_resets", SLOW)
    assert (played.end.outcome, played.end.limit) == ("stuck", None), tools.summary(played)


@pytest.mark.parametrize(
    ("program", "scenario", "told"),
    [
        ("idle_right", "server-idle", "closed the connection after 1"),
        ("idle_soon", "server-idle", "waited only 0."),
        ("idle_slow", "server-idle", "within 1 s"),
        ("idle_never", "server-idle", "did not close the connection"),
        ("idle_says", "server-says", "The message arrived."),
        ("idle_never", "server-says", "The message did not arrive."),
        ("args_right", "server-args", "The message arrived."),
        ("args_slow", "server-args", "within 1 s"),
        ("six_right", "server-six", "The message arrived."),
        ("six_four", "server-six", "There was no connection."),
        ("client_typed", "client-typed", "The message arrived."),
        ("client_deaf", "client-typed", "The message arrived."),
    ],
)
def test_manners(engine: Engine, program: str, scenario: str, told: str) -> None:
    played = play(engine, "manners", program, scenario)
    found = [x.what.in_language("en") for x in findings(played, "manners").values()]
    assert all(told in what for what in found), (found, tools.summary(played))
    assert found


# --- what is shown -----------------------------------------------------------------------


def test_the_time_line_says_whose_each_moment_is(engine: Engine) -> None:
    played = play(engine, "several", "relay_threads", "relay")
    told = moments(played, "en", lab("several").scenario("relay").steps)
    labels = [moment.label for moment in told]
    assert "bob · 22 bytes" in labels, labels
    assert any(label.startswith("alice · ") for label in labels), labels


def test_the_capture_says_which_datagram_is_which(engine: Engine) -> None:
    played = play(engine, "datagrams", "server_first_only", "server-asked")
    frames = synthesize(played)
    said = [line for lines in comments(frames, played, "en") for line in lines]
    assert said[:2] == ["the reference sends « request » (1/1)", "the program sends 11 bytes"]
    assert "the reference sends « other » (1/1)" in said


def test_what_a_program_prints_all_the_time_puts_off_no_step(engine: Engine) -> None:
    source = (LABS / "several" / "programs" / "relay_beats.py").read_bytes()
    hasty = replace(lab("several"), limits=replace(lab("several").limits, promised=1, wall=6))
    played = tools.run(engine, tools.job(source, hasty.scenario("relay"), lab=hasty))
    assert set(statuses(played, "several").values()) == {"pass"}


def test_a_thread_that_sleeps_for_ever_keeps_no_run_open(engine: Engine) -> None:
    # All is over, nothing is on its way, and nobody asks how the program ends.
    played = play(engine, "several", "relay_beats", "side-by-side")
    assert set(statuses(played, "several").values()) == {"pass"}, tools.summary(played)
    assert played.end.limit is None, tools.summary(played)
