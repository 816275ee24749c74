"""Several right behaviours: an optional message, the ways of an `either`, told by bytes alone."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import choices
from reference import commands as c
from reference import events as e
from reference import script as s
from reference.framing import Line
from reference.link import DatagramLink
from reference.machine import Machine

HERE, THERE = ("127.0.0.1", 1), ("127.0.0.1", 2)


def message(pattern: str, *, optional: bool = False, either: int = 0, way: int = 0) -> s.Receive:
    """A line that the pattern fits; one that only begins like it is partly right."""

    def fits(frame: bytes, _heard: s.Heard) -> int:
        text = frame.decode().strip("\n")
        if re.fullmatch(pattern, text):
            return choices.RIGHT if frame.endswith(b"\n") else choices.PARTLY
        return choices.WRONG

    return s.Receive(
        message=pattern, length_in=Line().length_in, fits=fits, optional=optional,
        either=either, way=way,
    )  # fmt: skip


def sent(either: int = 0, way: int = 0) -> s.Send:
    return s.Send(messages=("q",), pieces=(b"q\n",), either=either, way=way)


WELCOME = message("WELCOME.*", optional=True)
OK, BUSY = message("OK", either=1), message("BUSY", either=1, way=1)
EITHER = (OK, sent(1), message("hello", either=1), BUSY, s.ReceiveEnd(either=1, way=1))


def played(steps: tuple[s.Step, ...], *events: e.Event) -> dict[int, str]:
    """What became of each step of a server's exchange, the connection aside."""
    notes = played_all(steps, *events)
    assert len(notes) == len({index for index, _ in notes})
    return dict(notes)


def played_all(steps: tuple[s.Step, ...], *events: e.Event) -> list[tuple[int, str]]:
    """The same, in order, each time that something became of it."""
    machine = Machine(s.Script((s.Connect(), *steps), port=1))
    commands = machine.start(0)
    for event in (e.Connected(0, HERE, THERE), *events):
        commands += machine.handle(event)
    notes = [x for x in commands if isinstance(x, c.Note) and x.status != "begun"]
    return [(note.step - 1, str(note.status)) for note in notes if note.step]


def came(data: bytes) -> e.Received:
    return e.Received(1, data)


@pytest.mark.parametrize(
    ("events", "statuses"),
    [
        ([came(b"WELCOME you\n"), came(b"name?\n")], ("done", "done")),
        ([came(b"WELCOME you\nname?\n")], ("done", "done")),
        ([came(b"name?\n")], ("passed-over", "done")),
        ([e.Ready(1)], ("passed-over",)),
        ([e.Stuck(1), e.Stuck(2)], ("passed-over", "missed")),
        ([e.EndOfStream(1)], ("passed-over", "missed")),
        ([e.Exited(1)], ("passed-over", "missed")),
        ([e.OutOfTime(1)], ("passed-over", "missed")),
        ([came(b"what?\n")], ("passed-over", "done")),  # judged as what had to come
        ([came(b"WELC"), e.Reading(1), e.Reading(1)], ("passed-over", "done")),
        ([came(b"WELCOME"), e.EndOfStream(1)], ("done", "missed")),
    ],
)
def test_an_optional_message_comes_or_does_not(
    events: list[e.Event], statuses: tuple[str, ...]
) -> None:
    found = played((WELCOME, message("name\\?")), *events)
    assert tuple(found[i] for i in sorted(found)) == statuses


def test_what_must_come_is_taken_from_nobody() -> None:
    greedy = message(".*", optional=True)
    assert played((greedy, message("name")), came(b"name\n")) == {0: "passed-over", 1: "done"}
    assert played((greedy, message("name")), came(b"x\n"), came(b"name\n")) == {
        0: "done",
        1: "done",
    }


def test_what_comes_after_it_was_passed_over_costs_nothing_either() -> None:
    steps = (WELCOME, sent(), message("hello"))
    late = [e.Ready(1), e.Ready(1), came(b"WELCOME\n"), came(b"hello\n")]
    assert played_all(steps, *late) == [(0, "passed-over"), (1, "done"), (0, "done"), (2, "done")]
    before = [e.Ready(1), came(b"WELCOME\n"), e.Ready(1), came(b"hello\n")]
    assert played_all(steps, *before) == [(0, "passed-over"), (1, "done"), (0, "done"), (2, "done")]
    at_once = [e.Ready(1), e.Ready(1), came(b"WELCOME\nhello\n")]
    assert played_all(steps, *at_once)[2:] == [(0, "done"), (2, "done")]
    instead = [e.Ready(1), e.Ready(1), came(b"WELCOME\n"), e.Stuck(1)]
    assert played_all(steps, *instead)[2:] == [(0, "done"), (2, "missed")]
    other = [came(b"x\n"), e.Ready(1), came(b"WELCOME\n")]  # something else came first
    assert played_all((WELCOME, message("x"), sent(), message("y")), *other)[3:] == [(3, "done")]


def test_it_breaks_no_silence() -> None:
    steps = (WELCOME, s.Silence(lasts=1.0), message("hello"))
    late = [e.Ready(1), came(b"WELCOME\n"), e.Overdue(2), came(b"hello\n")]
    assert played_all(steps, *late) == [(0, "passed-over"), (0, "done"), (1, "done"), (2, "done")]
    assert played_all(steps, e.Ready(1), came(b"x\n"))[1] == (1, "missed")


def test_several_in_a_row_each_of_which_may_lack() -> None:
    steps = (WELCOME, message("NEWS", optional=True), message("name"))
    assert played(steps, came(b"NEWS\nname\n")) == {0: "passed-over", 1: "done", 2: "done"}
    assert played(steps, came(b"name\n")) == {0: "passed-over", 1: "passed-over", 2: "done"}


def test_the_reference_goes_on_where_the_optional_message_is_left_out() -> None:
    assert played((WELCOME, sent()), e.Ready(1)) == {0: "passed-over"}
    assert played((WELCOME, sent()), e.Stuck(1), e.Ready(2)) == {0: "passed-over", 1: "done"}
    assert played((WELCOME, s.Silence()), e.Ready(1), e.Ready(1)) == {0: "passed-over", 1: "done"}
    assert played((WELCOME, s.ReceiveEnd()), e.EndOfStream(1)) == {0: "passed-over", 1: "done"}


def test_who_is_stuck_before_an_optional_message_is_not_stuck_for_the_others() -> None:
    steps = (
        s.Connect(connection="a"), s.Connect(connection="b"),
        s.Receive(message="m", optional=True, connection="a", together=1),
        s.Receive(message="n", connection="b", together=1),
    )  # fmt: skip
    machine = Machine(s.Script(steps, port=1))
    machine.start(0)
    for name in "ab":
        machine.handle(e.Connected(0, HERE, THERE, connection=name))
    assert machine.handle(e.Stuck(1)) == [c.Note(2, c.StepStatus.PASSED_OVER, "stuck")]
    assert c.Note(3, c.StepStatus.MISSED, "stuck") in machine.handle(e.Stuck(2))


@pytest.mark.parametrize(
    ("events", "statuses"),
    [
        ([came(b"OK\n"), e.Ready(1), came(b"hello\n")], "done done done passed-over passed-over"),
        ([came(b"BUSY\n"), e.EndOfStream(1)], "passed-over passed-over passed-over done done"),
        ([came(b"BUSY\n"), e.Stuck(1)], "passed-over passed-over passed-over done missed"),
        ([came(b"what\n"), e.Ready(1), e.Stuck(1)], "done done missed passed-over passed-over"),
        ([e.Exited(1)], "missed missed missed passed-over passed-over"),
        ([e.OutOfTime(1)], "missed missed missed passed-over passed-over"),
    ],
)
def test_of_several_ways_the_one_is_played_whose_first_message_comes(
    events: list[e.Event], statuses: str
) -> None:
    found = played(EITHER, *events)
    assert " ".join(found[i] for i in sorted(found)) == statuses


def test_a_way_may_be_that_nothing_comes_but_the_end() -> None:
    steps = (OK, s.ReceiveEnd(either=1, way=1), s.Close())
    assert played(steps, e.EndOfStream(1)) == {0: "passed-over", 1: "done", 2: "done"}
    assert played(steps, e.EndOfStream(1), e.Exited(1))[1] == "done"
    assert played(steps, came(b"OK\n")) == {0: "done", 1: "passed-over", 2: "done"}
    assert played(steps, e.Stuck(1)) == {0: "missed", 1: "passed-over", 2: "done"}


def test_what_follows_the_ways_follows_each_of_them() -> None:
    steps = (*EITHER[:3], BUSY, message("bye"))
    assert played(steps, came(b"BUSY\nbye\n"))[4] == "done"
    assert played(steps, came(b"OK\n"), e.Ready(1), came(b"hello\nbye\n"))[4] == "done"


_LINES = st.lists(st.sampled_from([b"WELCOME\n", b"NEWS\n", b"OK\n", b"BUSY\n", b"x\n", b"OK"]),
                  max_size=4).map(b"".join)  # fmt: skip
_SCRIPTS = st.sampled_from(
    [
        (WELCOME, message("OK"), message("x")),
        (message(".*", optional=True), message("NEWS", optional=True), message("OK")),
        (OK, message("x", either=1), BUSY, message("NEWS", either=1, way=1), WELCOME, message("x")),
        (WELCOME, OK, BUSY, s.ReceiveEnd()),
    ]
)


@settings(max_examples=200)
@given(_SCRIPTS, _LINES, st.sets(st.integers(0, 24)))
def test_how_bytes_come_in_pieces_changes_nothing(
    steps: tuple[s.Step, ...], data: bytes, cuts: set[int]
) -> None:
    end = (e.EndOfStream(2), e.Exited(3))
    places = [0, *sorted(at for at in cuts if 0 < at < len(data)), len(data)]
    pieces = [came(data[a:b]) for a, b in pairwise(places) if data]
    assert played(steps, *pieces, *end) == played(steps, *([came(data)] if data else []), *end)


def test_of_datagrams_the_first_is_looked_at() -> None:
    link = DatagramLink()
    assert link.peek() == b""
    link.came(b"OK\n")
    link.came(b"x\n")
    assert link.peek() == b"OK\n"
    steps = (message("x", optional=True), message("OK"))
    stream = link.peek()
    assert choices.chosen(steps, 0, stream, {}, over=False, whole=True) == choices.NEITHER
    short = choices.chosen(steps, 1, b"O", {}, over=False, whole=True)
    assert short == choices.NEITHER
