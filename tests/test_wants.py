"""When a message that waits may be sent, and whether it is known to be read by itself."""

from __future__ import annotations

from dataclasses import replace

from grader.run.look import Look
from grader.run.wants import Wants
from reference import commands as c

READS = Look(ready=frozenset({"alice"}))
CALM = Look(ready=frozenset({"alice"}), calm=True)


def wanting(command: c.AwaitReady) -> Wants:
    wants = Wants()
    wants.ready["alice"] = command
    return wants


def test_a_message_waits_for_its_own_connection() -> None:
    wants = wanting(c.AwaitReady(connection="alice"))
    assert wants.ready_in(Look(ready=frozenset({"bob"}))) is None
    assert wants.ready_in(READS) == ("alice", True)
    assert not wants.anything


def test_in_its_turn_it_waits_for_the_whole_program() -> None:
    wants = wanting(c.AwaitReady(connection="alice", calm=True))
    assert wants.ready_in(READS) is None
    assert wants.ready_in(CALM) == ("alice", True)


def test_where_it_is_never_calm_it_is_sent_without_a_guarantee() -> None:
    wants = wanting(c.AwaitReady(connection="alice", calm=True))
    answers = [wants.ready_in(READS) for _ in range(200)]
    assert [answer for answer in answers if answer is not None] == [("alice", False)]


def test_a_silence_is_never_forced() -> None:
    wants = wanting(c.AwaitReady(connection="alice", calm=True, rests=True))
    assert not any(wants.ready_in(READS) for _ in range(200))
    assert wants.ready_in(Look(ready=frozenset({"alice"}), rests=True)) == ("alice", True)


def test_a_silence_lasts_until_no_timer_may_break_it() -> None:
    wants = wanting(c.AwaitReady(connection="alice", calm=True, rests=True))
    at_rest = Look(ready=frozenset({"alice"}), rests=True, timed=True)
    assert wants.ready_in(at_rest) is None
    assert wants.ready_in(replace(at_rest, timed=False)) == ("alice", True)


def test_or_a_thread_that_sleeps_at_all_times_only() -> None:
    wants = wanting(c.AwaitReady(connection="alice", calm=True, rests=True))
    asleep = replace(CALM, drowsy=True)
    assert wants.ready_in(asleep) is None
    assert wants.ready_in(replace(asleep, drowsy=False, timed=True)) is None
    assert wants.ready_in(replace(asleep, drowsy=False)) == ("alice", True)


def test_what_is_forgotten_is_not_waited_for() -> None:
    wants = wanting(c.AwaitReady(connection="alice"))
    wants.forget("alice")
    wants.forget("bob")
    assert not wants.anything
    assert wants.ready_in(READS) is None


def test_what_is_given_up_is_looked_at_anew_the_next_time() -> None:
    wants = wanting(c.AwaitReady(connection="alice", calm=True))
    for _ in range(100):
        wants.ready_in(READS)
    assert wants.give_up() == "alice"
    wants.ready["alice"] = c.AwaitReady(connection="alice", calm=True)
    assert wants.ready_in(READS) is None


def test_who_only_looks_around_is_calm_once_it_was_waited_for_long_enough() -> None:
    wants = Wants()
    wants.ready["alice"] = c.AwaitReady(connection="alice", calm=True, rests=True)
    drowsy = Look(ready=frozenset({"alice"}), calm=True, drowsy=True)
    assert wants.ready_in(drowsy) is None
    assert wants.ready_in(replace(drowsy, calm=False), enough=True) is None
    assert wants.ready_in(drowsy, enough=True) == ("alice", True)


def test_a_piece_that_is_only_peeked_at_is_waited_for_long_enough() -> None:
    wants = Wants()
    wants.consumed.append("alice")
    assert wants.consumed_in(Look()) is None
    assert wants.consumed_in(Look(), enough=True) == ("alice", False)
    assert not wants.anything
    wants.consumed.append("alice")
    assert wants.consumed_in(Look(consumed=frozenset({"alice"}))) == ("alice", True)
