"""The reference's machine: its table row by row, whole conversations, and any nonsense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import commands as c
from reference import events as e
from reference import script as s
from reference.machine import TRANSITIONS, Machine, Meaning

T = 7
PORT = 65432
HERE, THERE = ("127.0.0.1", 40000), ("127.0.0.1", PORT)


def exactly(text: bytes) -> Callable[[bytes], int | None]:
    """Complete once it starts with `text`."""
    return lambda data: len(text) if data.startswith(text) else None


CONNECT, ACCEPT, REFUSE = s.Connect(), s.Accept(), s.Refuse()
SEND = s.Send(messages=("hello",), pieces=(b"hello",))
RECEIVE = s.Receive(message="greeting", length_in=exactly(b"greeting"))
END, HALF_CLOSE, CLOSE, RESET, RESTART = (
    s.ReceiveEnd(),
    s.HalfClose(),
    s.Close(),
    s.Reset(),
    s.Restart(),
)

CONNECTED = e.Connected(T, HERE, THERE)
LISTENING = e.Listening(T, *THERE)
STUCK, EXITED, OUT_OF_TIME = e.Stuck(T), e.Exited(T), e.OutOfTime(T)
FIN, RST, READY, REFUSED = e.EndOfStream(T), e.ConnectionReset(T), e.Ready(T), e.Refused(T, "no")
EVENTS: tuple[e.Event, ...] = (
    LISTENING, CONNECTED, REFUSED, e.Received(T, b"some"), FIN, RST, READY, e.Consumed(T),
    e.Reading(T), STUCK, e.Overdue(T), e.AtKeyboard(T), EXITED, OUT_OF_TIME,
)  # fmt: skip


def received(data: bytes) -> e.Received:
    return e.Received(T, data)


class Playbook:
    """A conversation: a script and what happens, with what the machine makes of it."""

    def __init__(self, *steps: s.Step) -> None:
        self.machine = Machine(s.Script(steps=steps, port=PORT))
        self.commands = self.machine.start(T)

    def on(self, *events: e.Event) -> Playbook:
        """Tell it what happens."""
        for event in events:
            self.commands += self.machine.handle(event)
        return self

    def does(self) -> list[c.Command]:
        """What it did since this was asked last, its notes aside."""
        done = [x for x in self.commands if not isinstance(x, c.Note)]
        self.notes = getattr(self, "notes", []) + [
            x for x in self.commands if isinstance(x, c.Note)
        ]
        self.commands = []
        return done

    def ends(self) -> list[str]:
        """How each step ended, `done` or `missed`."""
        self.does()
        return [n.status.value for n in self.notes if n.status is not c.StepStatus.BEGUN]

    def reasons(self) -> list[str]:
        """Why each step ended."""
        self.does()
        return [n.reason for n in self.notes if n.status is not c.StepStatus.BEGUN]


def transmit(data: bytes, *messages: str, guaranteed: bool = True) -> c.Transmit:
    return c.Transmit(data, messages, guaranteed)


# --- the table, row by row ---------------------------------------------------------------

REST = s.Connect()
"""A step behind the one that is looked at, so that « over » is not « all over »."""

IN_STEP: dict[type[s.Step], tuple[s.Step, ...]] = {
    s.Connect: (CONNECT,),
    s.Accept: (ACCEPT,),
    s.Refuse: (REFUSE,),
    s.Send: (CONNECT, SEND),
    s.Receive: (CONNECT, RECEIVE),
    s.ReceiveEnd: (CONNECT, END),
    s.Restart: (RESTART,),
    s.Drop: (CONNECT, s.Drop(message="greeting", length_in=exactly(b"greeting"))),
    s.Silence: (CONNECT, s.Silence()),
    s.Type: (s.Type(data=b"yes\n"),),
}
"""Each kind of step that awaits something, and what leads to it."""

NOT_YET: frozenset[Meaning] = frozenset({Meaning.ACT, Meaning.LOOK, Meaning.BEST_EFFORT})


def in_step(kind: type[s.Step]) -> Playbook:
    """A machine in the middle of a step of that kind."""
    steps = IN_STEP[kind]
    book = Playbook(*steps, REST)
    if len(steps) > 1:
        book.on(CONNECTED)
    book.does()
    assert type(book.machine.step) is kind
    return book


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("kind", IN_STEP, ids=lambda kind: kind.__name__)
def test_each_row_of_the_table(kind: type[s.Step], event: e.Event) -> None:
    book = in_step(kind)
    step = book.machine.step
    before = len(book.ends())
    did = book.on(event).does()
    ends = book.ends()[before:]
    match TRANSITIONS[kind].get(type(event)):
        case None:
            assert did == []
            assert book.machine.step is step
        case Meaning.DONE:
            assert ends[0] == "done"
            assert book.reasons()[before] == type(event).__name__.lower()
        case Meaning.MISSED:
            assert ends[0] == "missed"
            assert book.reasons()[before] == type(event).__name__.lower()
        case Meaning.TAKE:
            # Nothing had come: there is no message to take.
            assert ends[0] == "missed"
        case Meaning.LOOK:
            assert ends == []
        case Meaning.ACT | Meaning.BEST_EFFORT:
            assert any(
                isinstance(x, c.Dial | c.Transmit | c.EndProgram | c.RestartProgram | c.TypeKeys)
                for x in did
            )


def test_the_table_has_a_row_for_every_step() -> None:
    kinds = {k for k in vars(s).values() if isinstance(k, type) and issubclass(k, s.Step)}
    assert set(TRANSITIONS) == kinds - {s.Step}
    own_moves = {kind for kind, row in TRANSITIONS.items() if not row}
    assert own_moves == {s.HalfClose, s.Close, s.Reset, s.PauseReading, s.ResumeReading}
    assert set(TRANSITIONS) - own_moves == set(IN_STEP)


def test_every_row_that_awaits_ends_with_the_run() -> None:
    """Whatever a step awaits: the program's end or the run's decides it."""
    for kind in IN_STEP:
        assert e.OutOfTime in TRANSITIONS[kind]
        assert e.Exited in TRANSITIONS[kind]
        assert e.Stuck in TRANSITIONS[kind]


# --- whole conversations -----------------------------------------------------------------


def test_the_exchange_of_the_statement_with_a_server() -> None:
    goodbye = s.Send(messages=("goodbye",), pieces=(b"goodbye",))
    book = Playbook(CONNECT, RECEIVE, SEND, goodbye, END)
    assert book.does() == []
    assert book.machine.dials
    assert book.on(LISTENING).does() == [c.Dial(*THERE)]
    assert book.on(CONNECTED).does() == []
    assert book.machine.awaits_message
    assert book.on(received(b"gree")).does() == []
    assert book.on(received(b"ting")).does() == [c.AwaitReady()]
    assert book.on(READY).does() == [transmit(b"hello", "hello"), c.AwaitReady()]
    assert book.on(READY).does() == [transmit(b"goodbye", "goodbye")]
    assert book.on(FIN).does() == [c.CloseConnection()]
    assert not book.machine.finished
    assert book.on(EXITED).does() == [c.Finish()]
    assert book.ends() == ["done"] * 5


def test_the_exchange_of_the_statement_with_a_client() -> None:
    book = Playbook(ACCEPT, SEND, RECEIVE, RECEIVE, END)
    assert book.does() == [c.Listen()]
    assert book.on(CONNECTED).does() == [c.AwaitReady()]
    assert book.on(READY).does() == [transmit(b"hello", "hello")]
    # Both messages in one segment are two messages all the same.
    assert book.on(received(b"greetinggreeting")).does() == []
    assert book.ends() == ["done"] * 4
    assert book.on(FIN, EXITED).does() == [c.CloseConnection(), c.Finish()]


def test_a_missed_step_does_not_stop_the_rest() -> None:
    """A server that forgets the greeting loses the greeting only."""
    book = Playbook(CONNECT, RECEIVE, SEND, END).on(CONNECTED)
    assert book.on(READY).does() == [c.AwaitReady()]
    assert book.on(READY, FIN).does() == [transmit(b"hello", "hello"), c.CloseConnection()]
    assert book.ends() == ["done", "missed", "done", "done"]


def test_on_miss_stop_misses_the_rest() -> None:
    strict = s.Receive(message="m", length_in=exactly(b"m"), on_miss=s.OnMiss.STOP)
    book = Playbook(CONNECT, strict, SEND, END).on(CONNECTED, STUCK)
    assert book.does() == [c.CloseConnection()]
    assert book.ends() == ["done", "missed", "missed", "missed"]
    assert book.reasons() == ["connected", "stuck", "stuck", "stuck"]
    # Its ending may still be seen.
    assert book.on(EXITED).does() == [c.Finish()]


def test_a_close_that_is_missing_is_made_by_the_reference_which_goes_on_observing() -> None:
    book = Playbook(CONNECT, END).on(CONNECTED)
    assert book.on(STUCK).does() == [c.CloseConnection()]
    assert book.ends() == ["done", "missed"]
    assert not book.machine.finished
    assert book.on(FIN).does() == []
    assert book.on(EXITED).does() == [c.Finish()]


def test_a_text_that_never_becomes_complete_is_what_had_come() -> None:
    for event in (READY, e.Reading(T), STUCK, FIN, RST, EXITED, OUT_OF_TIME):
        book = Playbook(CONNECT, RECEIVE, RECEIVE).on(CONNECTED, received(b"grot"), event)
        assert book.ends()[1] == "done", event
        # Once taken, it is not taken again.
        book.on(FIN, OUT_OF_TIME)
        assert book.ends()[2] == "missed", event


def test_what_is_left_by_a_process_that_ended_without_fin_is_taken() -> None:
    """A child holds the connection open: nothing more will come, and nothing waits for it."""
    book = Playbook(CONNECT, SEND, RECEIVE).on(CONNECTED, received(b"gree"), EXITED)
    assert book.ends() == ["done", "missed", "done"]
    assert book.does() == []
    assert book.machine.finished


def test_messages_are_taken_in_order_and_the_rest_is_kept() -> None:
    other = s.Receive(message="other", length_in=exactly(b"other"))
    book = Playbook(CONNECT, RECEIVE, SEND, other).on(CONNECTED, received(b"greetingother"))
    assert book.ends() == ["done", "done"]
    assert book.on(READY).ends() == ["done"] * 4


def test_what_breaks_a_silence_is_left_for_the_next_message() -> None:
    book = Playbook(CONNECT, s.Silence(), RECEIVE).on(CONNECTED, received(b"greeting"))
    assert book.ends() == ["done", "missed", "done"]


def test_a_silence_that_lasts_goes_on_while_the_program_may_still_act() -> None:
    lasts = s.Silence(lasts=1.0, within=2.0)
    book = Playbook(CONNECT, lasts, RECEIVE).on(CONNECTED)
    assert book.does() == []  # it is not asked for a program that reads
    assert book.on(READY).ends() == ["done"]
    assert book.on(e.Overdue(T)).ends() == ["done", "done"]
    # Proved to wait for ever: no need to wait for it.
    assert Playbook(CONNECT, lasts, RECEIVE).on(CONNECTED, STUCK).ends()[:2] == ["done", "done"]


def test_a_silence_is_broken_before_it_has_lasted_and_not_afterwards() -> None:
    for late, status in ((999_999_999, "missed"), (1_000_000_000, "done")):
        for kind in (e.EndOfStream, e.ConnectionReset, e.Exited):
            book = Playbook(CONNECT, s.Silence(lasts=1.0, within=2.0)).on(CONNECTED)
            assert book.on(kind(T + late)).ends() == ["done", status]


def test_refused_then_accepted() -> None:
    book = Playbook(REFUSE, ACCEPT, SEND)
    assert book.does() == []
    assert book.machine.refuses
    assert book.on(REFUSED).does() == [c.Listen()]
    assert book.on(CONNECTED, READY).ends() == ["done"] * 3
    gave_up = Playbook(REFUSE, ACCEPT, SEND).on(EXITED)
    assert gave_up.does() == [c.Finish()]
    assert gave_up.ends() == ["done", "missed", "missed"]


def test_refusal_after_the_end_awaits_nobody() -> None:
    book = Playbook(ACCEPT, REFUSE).on(EXITED)
    assert book.ends() == ["missed", "done"]
    assert book.machine.finished


def test_pieces_go_one_by_one() -> None:
    split = s.Send(messages=("hello",), pieces=(b"he", b"l", b"lo"))
    book = Playbook(CONNECT, split, END).on(CONNECTED)
    assert book.does() == [c.AwaitReady()]
    assert book.on(READY).does() == [transmit(b"he", "hello"), c.AwaitConsumed()]
    assert book.on(e.Consumed(T, guaranteed=False)).does() == [
        transmit(b"l", "hello", guaranteed=False),
        c.AwaitConsumed(),
    ]
    # It reads no more and does something else: the last piece waits in its queue.
    assert book.on(STUCK).does() == [transmit(b"lo", "hello", guaranteed=False)]
    assert book.ends() == ["done", "done"]


def test_a_program_that_waits_elsewhere_still_gets_its_bytes() -> None:
    book = Playbook(CONNECT, SEND).on(CONNECTED, STUCK)
    assert transmit(b"hello", "hello", guaranteed=False) in book.does()


def test_nothing_is_sent_to_one_that_has_closed_and_reads_no_more() -> None:
    book = Playbook(CONNECT, SEND).on(CONNECTED, FIN, STUCK)
    assert not [x for x in book.does() if isinstance(x, c.Transmit)]
    assert book.ends() == ["done", "missed"]


def test_nothing_is_sent_to_one_that_has_closed_and_rests() -> None:
    """A server that polls for its next client is never proved to be stuck."""
    book = Playbook(CONNECT, SEND, RECEIVE).on(CONNECTED, e.AtRest(T))
    assert book.ends() == ["done"]
    minded = [book.machine.minds_rest, book.on(FIN).machine.minds_rest]
    assert minded == [False, True]
    assert book.on(e.AtRest(T)).ends() == ["done", "missed", "missed"]
    assert not [x for x in book.does() if isinstance(x, c.Transmit)]


@pytest.mark.parametrize("awaits_exit", [True, False])
def test_a_program_at_rest_is_done_with_where_its_end_is_no_matter(awaits_exit: bool) -> None:
    machine = Machine(s.Script(steps=(CONNECT, CLOSE), port=PORT, awaits_exit=awaits_exit))
    machine.start(T)
    machine.handle(CONNECTED)
    assert machine.minds_rest is not awaits_exit
    machine.handle(e.AtRest(T))
    assert machine.finished is not awaits_exit


def test_half_close_reads_on() -> None:
    book = Playbook(CONNECT, HALF_CLOSE, RECEIVE, CLOSE).on(CONNECTED)
    assert book.does() == [c.ShutdownWrite()]
    assert book.on(received(b"greeting")).does() == [c.CloseConnection()]
    assert book.on(EXITED).does() == [c.Finish()]


def test_reset() -> None:
    book = Playbook(CONNECT, RESET).on(CONNECTED)
    assert book.does() == [c.Abort()]
    assert book.on(STUCK).does() == [c.Finish()]


def test_moves_of_the_reference_need_a_connection() -> None:
    for move in (HALF_CLOSE, CLOSE, RESET):
        book = Playbook(CONNECT, move).on(REFUSED)
        assert book.does() == []
        assert book.ends() == ["missed", "missed"]


def test_one_connection_after_another() -> None:
    book = Playbook(ACCEPT, END, ACCEPT, END).on(CONNECTED, FIN)
    assert book.does() == [c.Listen(), c.CloseConnection(), c.Listen()]
    # The end of the first connection is not that of the second.
    assert book.on(CONNECTED).ends() == ["done", "done", "done"]
    assert book.on(FIN).ends() == ["done"] * 4


def test_restart_after_the_end_of_the_first_process() -> None:
    book = Playbook(CONNECT, END, RESTART, CONNECT, END)
    assert book.on(CONNECTED, FIN).does() == []
    assert book.on(EXITED).does() == [c.RestartProgram()]
    assert book.machine.dials
    book.on(LISTENING, CONNECTED, FIN, EXITED)
    assert book.ends() == ["done"] * 5
    assert book.machine.finished


def test_restart_ends_a_stuck_program_first() -> None:
    book = Playbook(RESTART, CONNECT)
    assert book.on(STUCK).does() == [c.EndProgram()]
    assert book.on(EXITED).does() == [c.RestartProgram()]
    assert book.machine.dials


def test_restart_when_it_ended_before() -> None:
    book = Playbook(CONNECT, RESTART, CONNECT).on(EXITED)
    assert book.does() == [c.RestartProgram()]
    assert book.ends() == ["missed", "done"]


def test_a_client_that_comes_back_after_the_exchange_is_not_kept() -> None:
    book = Playbook(ACCEPT, END).on(CONNECTED, FIN)
    book.does()
    assert book.on(CONNECTED).does() == [c.CloseConnection()]
    assert book.on(EXITED).does() == [c.Finish()]


def test_a_script_without_steps_observes() -> None:
    book = Playbook()
    assert book.machine.step is None
    assert book.on(EXITED).does() == [c.Finish()]


def test_out_of_time_misses_all_that_is_left() -> None:
    book = Playbook(CONNECT, RECEIVE, SEND, END).on(CONNECTED, OUT_OF_TIME)
    assert book.ends() == ["done", "missed", "missed", "missed"]
    assert book.does() == []
    assert book.machine.finished
    # What had come before the limit is not undone by it.
    book = Playbook(CONNECT, RECEIVE, SEND).on(CONNECTED, received(b"grot"), OUT_OF_TIME)
    assert book.ends() == ["done", "done", "missed"]


def test_a_script_of_many_steps_needs_no_deep_stack() -> None:
    book = Playbook(*[CONNECT] * 5000).on(EXITED)
    assert book.machine.finished
    assert len(book.ends()) == 5000


# --- anything at all ---------------------------------------------------------------------

_texts = st.binary(min_size=1, max_size=3)
_on_miss = st.sampled_from(s.OnMiss)
_steps: st.SearchStrategy[s.Step] = st.one_of(
    st.builds(s.Connect, on_miss=_on_miss),
    st.builds(s.Accept, on_miss=_on_miss),
    st.builds(s.Refuse, on_miss=_on_miss),
    st.builds(
        s.Send,
        messages=st.just(("m",)),
        pieces=st.lists(_texts, min_size=1, max_size=3).map(tuple),
        on_miss=_on_miss,
    ),
    st.builds(s.Receive, message=st.just("m"), length_in=_texts.map(exactly), on_miss=_on_miss),
    st.builds(s.ReceiveEnd, on_miss=_on_miss),
    st.builds(s.HalfClose, on_miss=_on_miss),
    st.builds(s.Close, on_miss=_on_miss),
    st.builds(s.Reset, on_miss=_on_miss),
    st.builds(s.Restart, on_miss=_on_miss),
)
_events: st.SearchStrategy[e.Event] = st.one_of(
    st.sampled_from(EVENTS), st.builds(e.Received, st.just(T), st.binary(max_size=4))
)
_scripts = st.lists(_steps, max_size=8)
_histories = st.lists(_events, max_size=30)


@settings(max_examples=250)
@given(_scripts, _histories)
def test_whatever_happens_the_books_are_in_order(
    steps: list[s.Step], history: list[e.Event]
) -> None:
    machine = Machine(s.Script(tuple(steps), PORT))
    connected = False
    begun: Counter[int] = Counter()
    over: Counter[int] = Counter()

    def check(commands: list[c.Command]) -> None:
        nonlocal connected
        for position, command in enumerate(commands):
            match command:
                case c.Note(step=index, status=c.StepStatus.BEGUN):
                    begun[index] += 1
                    assert not over[index]
                case c.Note(step=index):
                    over[index] += 1
                    # In order: no step is over before those in front of it.
                    assert set(range(index)) <= set(over)
                case c.Transmit() | c.ShutdownWrite() | c.AwaitReady() | c.AwaitConsumed():
                    assert connected
                case c.CloseConnection() | c.Abort():
                    assert connected
                    connected = False
                case c.RestartProgram():
                    connected = False
                case c.Finish():
                    assert position == len(commands) - 1
                    assert machine.finished
                case _:
                    pass

    check(machine.start(T))
    for event in history:
        if isinstance(event, e.Connected):
            connected = True
        was_finished = machine.finished
        commands = machine.handle(event)
        if was_finished:
            assert commands == []
        check(commands)
    assert all(count == 1 for count in (begun | over).values())
    if not machine.finished:
        check(machine.handle(OUT_OF_TIME))
    assert machine.finished
    assert sorted(over) == list(range(len(steps)))
    assert machine.handle(OUT_OF_TIME) == []


@settings(max_examples=120)
@given(_scripts, _histories)
def test_a_program_that_has_ended_ends_the_run(steps: list[s.Step], history: list[e.Event]) -> None:
    """Each end starts the program again at most as often as the script says; then it is over."""
    machine = Machine(s.Script(tuple(steps), PORT))
    machine.start(T)
    for event in history:
        machine.handle(event)
    restarts = sum(isinstance(step, s.Restart) for step in steps)
    for _ in range(restarts + 1):
        machine.handle(EXITED)
    assert machine.finished


def test_what_was_heard_is_said_again() -> None:
    ask = s.Receive(
        message="ask", length_in=line, hears=lambda data, heard: {"nonce": data.strip()}
    )
    answer = s.Send(
        messages=("answer",), computed=lambda heard: (heard["nonce"], b"!") if heard else None
    )
    machine = Machine(s.Script((s.Connect(), ask, answer), port=1))
    machine.start(0)
    machine.handle(e.Connected(1, ("a", 1), ("b", 2)))
    machine.handle(e.Received(2, b"42\n"))
    assert machine.handle(e.Ready(3))[0] == c.Transmit(b"42", ("answer",), guaranteed=True)
    assert machine.handle(e.Consumed(4))[0] == c.Transmit(b"!", ("answer",), guaranteed=True)


def test_what_was_never_heard_is_not_said() -> None:
    ask = s.Receive(message="ask", length_in=line)
    answer = s.Send(messages=("answer",), computed=lambda heard: None)
    machine = Machine(s.Script((s.Connect(), ask, answer), port=1))
    machine.start(0)
    machine.handle(e.Connected(1, ("a", 1), ("b", 2)))
    assert c.Note(2, c.StepStatus.MISSED, "script") in machine.handle(e.Received(2, b"42\n"))


def test_where_a_message_ends_may_hang_on_what_was_heard() -> None:
    size = s.Receive(message="size", length_in=line, hears=lambda data, heard: {"n": data.strip()})
    body = s.Receive(
        message="body",
        measured=lambda heard: lambda stream: 2 if len(stream) >= int(heard["n"]) else None,
    )
    machine = Machine(s.Script((s.Connect(), size, body, s.ReceiveEnd()), port=1))
    machine.start(0)
    machine.handle(e.Connected(1, ("a", 1), ("b", 2)))
    assert c.Note(2, c.StepStatus.DONE, "received") not in machine.handle(e.Received(2, b"2\na"))
    assert c.Note(2, c.StepStatus.DONE, "received") in machine.handle(e.Received(3, b"b"))


def line(stream: bytes) -> int | None:
    return stream.find(b"\n") + 1 or None


# --- several connections -----------------------------------------------------------------


def of(name: str, step: s.Step) -> s.Step:
    return replace(step, connection=name)


def on(name: str, event: e.OfConnection) -> e.Event:
    return replace(event, connection=name)


def test_events_concern_the_step_of_their_connection() -> None:
    steps = [of("alice", CONNECT), of("bob", CONNECT), of("bob", RECEIVE), of("alice", SEND)]
    book = Playbook(*steps).on(on("alice", CONNECTED), on("bob", CONNECTED))
    book.on(on("alice", received(b"greeting")))
    assert book.ends() == ["done", "done"]
    assert book.on(on("bob", received(b"greeting"))).does() == [
        c.AwaitReady(connection="alice", calm=True)
    ]
    assert book.machine.step == steps[-1]
    assert book.on(on("bob", READY)).does() == []
    assert book.on(on("alice", READY)).does()[0] == replace(
        transmit(b"hello", "hello"), connection="alice"
    )


def test_in_its_turn_a_message_waits_for_the_whole_program() -> None:
    steps = [of("alice", CONNECT), of("alice", SEND)]
    assert Playbook(*steps).on(on("alice", CONNECTED)).does() == [
        c.AwaitReady(connection="alice", calm=True)
    ]


def side_by_side(**steps: list[s.Step]) -> list[s.Step]:
    return [
        replace(step, connection=name, together=1) for name, own in steps.items() for step in own
    ]


def _answered_by_the_one_before() -> Playbook:
    """Alice, who is sent something, has an answer already that nobody asked for."""
    steps = [of("alice", CONNECT), of("bob", CONNECT), of("alice", SEND), of("alice", RECEIVE)]
    book = Playbook(*steps, of("carol", CONNECT)).on(on("alice", CONNECTED), on("bob", CONNECTED))
    return book.on(on("alice", received(b"greeting")), on("alice", READY))


def test_what_came_before_a_message_is_its_answer_only_once_the_program_is_calm() -> None:
    book = _answered_by_the_one_before()
    assert c.AwaitReady(connection="alice", calm=True) in book.does()
    book.on(on("alice", received(b"greeting")))
    assert book.machine.playing(s.Receive) == ("alice",)
    book.on(on("alice", READY))
    assert book.machine.playing(s.Connect) == ("carol",)


@pytest.mark.parametrize("event", [STUCK, on("alice", FIN), on("alice", e.Overdue(T))])
def test_or_once_nothing_more_can_come(event: e.Event) -> None:
    book = _answered_by_the_one_before().on(event)
    assert c.ForgetReady(connection="alice") in book.does()
    assert book.machine.playing(s.Connect) == ("carol",)


def test_an_answer_that_comes_after_the_message_is_taken_at_once() -> None:
    steps = [of("alice", CONNECT), of("bob", CONNECT), of("alice", SEND), of("bob", RECEIVE)]
    book = Playbook(*steps, of("alice", RECEIVE)).on(on("alice", CONNECTED), on("bob", CONNECTED))
    book.on(on("alice", READY), on("alice", received(b"greeting")))
    book.on(on("bob", received(b"greeting")))
    assert book.machine.step is None


def test_side_by_side_each_goes_on_by_itself_up_to_the_barrier() -> None:
    steps = side_by_side(alice=[CONNECT, RECEIVE], bob=[CONNECT, RECEIVE])
    book = Playbook(*steps, of("alice", SEND)).on(on("bob", CONNECTED))
    book.on(on("bob", received(b"greeting")), on("alice", CONNECTED))
    assert book.machine.playing(s.Receive) == ("alice",)
    assert not any(isinstance(x, c.AwaitReady) for x in book.does())
    book.on(on("alice", received(b"greeting")))
    assert book.does() == [c.AwaitReady(connection="alice", calm=True)]


def test_stuck_proves_nothing_while_the_reference_can_still_do_something() -> None:
    steps = side_by_side(alice=[CONNECT, SEND, RECEIVE], bob=[CONNECT, RECEIVE])
    book = Playbook(*steps).on(on("alice", CONNECTED), on("bob", CONNECTED)).on(STUCK)
    assert [x.guaranteed for x in book.does() if isinstance(x, c.Transmit)] == [False]
    assert book.machine.playing(s.Receive) == ("alice", "bob")
    assert book.on(STUCK).ends()[-2:] == ["missed", "missed"]


def test_at_the_end_every_connection_is_closed() -> None:
    steps = [of("alice", CONNECT), of("bob", CONNECT)]
    book = Playbook(*steps).on(on("alice", CONNECTED), on("bob", CONNECTED))
    assert book.does() == [c.AwaitReady(connection="alice", calm=True)]
    assert book.on(on("bob", READY)).does() == []
    assert book.on(on("alice", READY)).does() == [
        c.CloseConnection(connection="alice"),
        c.AwaitReady(connection="bob", calm=True),
    ]
    assert book.on(STUCK).does() == [c.CloseConnection(connection="bob")]
    assert book.on(STUCK).does() == [c.Finish()]


def test_datagrams_are_taken_one_by_one() -> None:
    script = s.Script((ACCEPT, RECEIVE, SEND, RECEIVE), PORT, datagrams=True)
    machine = Machine(script)
    machine.start(T)
    machine.handle(CONNECTED)
    for data in (b"something else", b"greeting"):
        machine.handle(received(data))
    assert isinstance(machine.step, s.Send)
    machine.handle(READY)
    machine.handle(received(b"another"))
    notes = [x for x in machine.handle(STUCK) if isinstance(x, c.Note)]
    assert notes == [c.Note(3, c.StepStatus.DONE, "stuck")]


NAMES = st.sampled_from(["", "alice", "bob", "carol"])


@st.composite
def scripts_of_several(draw: st.DrawFn) -> list[s.Step]:
    steps: list[s.Step] = []
    for number in range(draw(st.integers(1, 5))):
        group = draw(st.sampled_from([0, number + 1]))
        own = draw(st.lists(st.tuples(NAMES, _steps), min_size=1, max_size=4))
        steps += [
            replace(step, connection=name, together=0 if isinstance(step, s.Restart) else group)
            for name, step in own
        ]
    return steps


_named_events = st.builds(
    lambda event, name: (
        replace(event, connection=name) if isinstance(event, e.OfConnection) else event
    ),
    _events,
    NAMES,
)


@settings(max_examples=300)
@given(scripts_of_several(), st.lists(_named_events, max_size=40), st.booleans())
def test_whatever_happens_on_several_connections(
    steps: list[s.Step], history: list[e.Event], datagrams: bool
) -> None:
    machine = Machine(s.Script(tuple(steps), PORT, datagrams=datagrams))
    connected: set[str] = set()
    over: Counter[int] = Counter()

    def check(commands: list[c.Command]) -> None:
        for command in commands:
            match command:
                case c.Note(step=index, status=c.StepStatus.DONE | c.StepStatus.MISSED):
                    over[index] += 1
                    own, number = steps[index], steps[index].together
                    # In order: all before its group, and those of its own connection in it.
                    assert all(
                        other in over
                        for other in range(index)
                        if not number
                        or steps[other].together != number
                        or steps[other].connection == own.connection
                    )
                case c.Transmit() | c.ShutdownWrite() | c.AwaitReady() | c.StopReading():
                    assert command.connection in connected
                case c.CloseConnection() | c.Abort():
                    assert command.connection in connected
                    connected.discard(command.connection)
                case c.RestartProgram():
                    connected.clear()
                case _:
                    pass

    check(machine.start(T))
    for event in history:
        if isinstance(event, e.Connected) and not machine.finished:
            connected.add(event.connection)
        check(machine.handle(event))
    if not machine.finished:
        check(machine.handle(OUT_OF_TIME))
    assert machine.finished
    assert dict(over) == dict.fromkeys(range(len(steps)), 1)
    assert not connected
