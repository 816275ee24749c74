"""The scripted peer as a state machine: events in, commands out, no input or output.

The machine plays the steps of its script in order. `TRANSITIONS` says, for each kind of
step, what each event means for it; an event that is not in the table leaves the step as it
is. A step that is proved not to come is *missed*, and the next one is played
(`OnMiss.CONTINUE`), so a program that forgets one thing loses that thing only.

After the last step the machine closes what is still open and goes on observing until the
program has ended, is stuck, or the run is out of time: the ending may still be seen.

    machine = Machine(script)
    commands = machine.start(t=0)
    while not machine.finished:
        commands = machine.handle(next_event())
"""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import assert_never

from reference import commands as c
from reference import events as e
from reference import script as s


class Meaning(Enum):
    """What an event means for the step that is being played."""

    ACT = auto()
    """The reference does its part: dials, sends the next piece."""
    BEST_EFFORT = auto()
    """Readiness will not be seen: it does its part all the same."""
    LOOK = auto()
    """Look whether the message is complete."""
    TAKE = auto()
    """No more will come for now: what came is the message, if anything came."""
    DONE = auto()
    MISSED = auto()


class Phase(StrEnum):
    """Where the machine is."""

    PLAYING = "playing"
    OBSERVING = "observing"
    FINISHED = "finished"


_PROVED_ABSENT = {
    e.Stuck: Meaning.MISSED,
    e.Exited: Meaning.MISSED,
    e.OutOfTime: Meaning.MISSED,
}

TRANSITIONS: dict[type[s.Step], dict[type[e.Event], Meaning]] = {
    s.Connect: {
        e.Listening: Meaning.ACT,
        e.Connected: Meaning.DONE,
        e.Refused: Meaning.MISSED,
        **_PROVED_ABSENT,
    },
    s.Accept: {e.Connected: Meaning.DONE, **_PROVED_ABSENT},
    # Its second connect (`Refused` twice is told once) shows that it tries again.
    s.Refuse: {
        e.Refused: Meaning.DONE,
        e.Exited: Meaning.DONE,
        e.Stuck: Meaning.DONE,
        e.OutOfTime: Meaning.MISSED,
    },
    s.Send: {
        e.Ready: Meaning.ACT,
        e.Consumed: Meaning.ACT,
        # It waits for something else (another accept, the keyboard): the bytes wait in its queue.
        e.Stuck: Meaning.BEST_EFFORT,
        e.ConnectionReset: Meaning.MISSED,
        e.Exited: Meaning.MISSED,
        e.OutOfTime: Meaning.MISSED,
    },
    s.Receive: {
        e.Received: Meaning.LOOK,
        e.Ready: Meaning.TAKE,
        e.Reading: Meaning.TAKE,
        e.Stuck: Meaning.TAKE,
        e.Overdue: Meaning.TAKE,
        e.EndOfStream: Meaning.TAKE,
        e.ConnectionReset: Meaning.TAKE,
        e.Exited: Meaning.TAKE,
        e.OutOfTime: Meaning.TAKE,
    },
    s.ReceiveEnd: {
        e.EndOfStream: Meaning.DONE,
        e.ConnectionReset: Meaning.DONE,
        # Whether it minds the end of the stream is seen only if we close while there is time.
        e.Overdue: Meaning.MISSED,
        **_PROVED_ABSENT,
    },
    # A restart awaits the end of the first process; one that is stuck is ended for it.
    s.Restart: {e.Exited: Meaning.ACT, e.Stuck: Meaning.BEST_EFFORT, e.OutOfTime: Meaning.MISSED},
    s.HalfClose: {},
    s.Close: {},
    s.Reset: {},
}
"""Kind of step -> kind of event -> what it means. The reference's own moves await nothing."""


class Machine:
    """Plays one script. Feed it events in order; carry out the commands in order."""

    def __init__(self, script: s.Script) -> None:
        self.script = script
        self.phase = Phase.PLAYING
        self._index = -1
        self._unread = bytearray()
        self._connected = False
        self._peer_ended = False
        self._peer_exited = False
        self._pieces_sent = 0
        self._pieces: tuple[bytes, ...] = ()
        self._heard: dict[str, bytes] = {}
        self._length_in: s.LengthIn = len
        self._next_at: int | None = None
        """The time at which the next step is due to begin; None: the present one goes on."""

    @property
    def finished(self) -> bool:
        """Nothing more is to be seen or done."""
        return self.phase is Phase.FINISHED

    @property
    def step(self) -> s.Step | None:
        """The step being played; None when all are over."""
        return self.script.steps[self._index] if self.phase is Phase.PLAYING else None

    @property
    def dials(self) -> bool:
        """The step being played awaits a listener of the program."""
        return isinstance(self.step, s.Connect)

    @property
    def refuses(self) -> bool:
        """The step being played lets the program's connect() be refused."""
        return isinstance(self.step, s.Refuse)

    @property
    def awaits_message(self) -> bool:
        """The step being played awaits bytes of the program."""
        return isinstance(self.step, s.Receive)

    @property
    def awaits_end(self) -> bool:
        """The step being played awaits the end of the connection."""
        return isinstance(self.step, s.ReceiveEnd)

    def start(self, t: int) -> list[c.Command]:
        """Begin with the first step. `t` is the time in ns."""
        self._next_at = t
        return self._go_on([])

    def handle(self, event: e.Event) -> list[c.Command]:
        """Take an event; what is to be done because of it."""
        if self.finished:
            return []
        self._remember(event)
        if self.phase is Phase.OBSERVING:
            return self._observe(event)
        step = self.step
        assert step is not None  # noqa: S101 -- PLAYING has a step
        meaning = TRANSITIONS[type(step)].get(type(event))
        if meaning is None:
            return []
        return self._go_on(self._apply(meaning, step, event))

    # --- what an event changes, whatever the step ---------------------------------------

    def _remember(self, event: e.Event) -> None:
        match event:
            case e.Received(data=data):
                self._unread += data
            case e.Connected():
                self._connected, self._peer_ended = True, False
                self._unread.clear()
            case e.EndOfStream() | e.ConnectionReset():
                self._peer_ended = True
            case e.Exited():
                self._peer_exited = True
            case _:
                pass

    # --- what it means for the step -----------------------------------------------------

    def _apply(self, meaning: Meaning, step: s.Step, event: e.Event) -> list[c.Command]:
        match meaning:
            case Meaning.ACT:
                return self._act(step, event, guaranteed=getattr(event, "guaranteed", True))
            case Meaning.BEST_EFFORT if isinstance(step, s.Send) and self._peer_ended:
                # It has closed and does not read: nothing can be delivered any more.
                return self._over(c.StepStatus.MISSED, event)
            case Meaning.BEST_EFFORT:
                return self._act(step, event, guaranteed=False)
            case Meaning.LOOK:
                return self._look(step, event)
            case Meaning.TAKE:
                return self._take(event)
            case Meaning.DONE:
                return self._over(c.StepStatus.DONE, event)
            case Meaning.MISSED:
                return self._over(c.StepStatus.MISSED, event)
            case _:
                assert_never(meaning)

    def _act(self, step: s.Step, event: e.Event, *, guaranteed: bool) -> list[c.Command]:
        match step, event:
            case s.Connect(), e.Listening(address=address, port=port):
                return [c.Dial(address, port)]
            case s.Send(), _:
                return self._send_piece(step, event, guaranteed=guaranteed)
            case s.Restart(), e.Exited():
                self._peer_exited = self._connected = False
                return [c.RestartProgram(), *self._over(c.StepStatus.DONE, event)]
            case s.Restart(), _:
                return [c.EndProgram()]
            case _:
                return []

    def _send_piece(self, step: s.Send, event: e.Event, *, guaranteed: bool) -> list[c.Command]:
        piece = self._pieces[self._pieces_sent]
        self._pieces_sent += 1
        out: list[c.Command] = [c.Transmit(piece, step.messages, guaranteed)]
        if self._pieces_sent < len(self._pieces):
            return [*out, c.AwaitConsumed()]
        return out + self._over(c.StepStatus.DONE, event)

    def _look(self, step: s.Step, event: e.Event) -> list[c.Command]:
        assert isinstance(step, s.Receive)  # noqa: S101 -- the table says so
        length = self._length_in(bytes(self._unread))
        if length is None:
            return []
        self._hear(step, length)
        return self._over(c.StepStatus.DONE, event)

    def _take(self, event: e.Event) -> list[c.Command]:
        status = c.StepStatus.DONE if self._unread else c.StepStatus.MISSED
        if isinstance(step := self.step, s.Receive) and self._unread:
            self._hear(step, len(self._unread))
        return self._over(status, event)

    def _hear(self, step: s.Receive, length: int) -> None:
        """The first bytes are the message: take them off, and the values out of them."""
        message = bytes(self._unread[:length])
        del self._unread[:length]
        self._heard.update(step.hears(message, self._heard))

    # --- from step to step --------------------------------------------------------------

    def _over(self, status: c.StepStatus, event: e.Event) -> list[c.Command]:
        step = self.step
        assert step is not None  # noqa: S101 -- only called while PLAYING
        out: list[c.Command] = [c.Note(self._index, status, _reason(event))]
        missed = status is c.StepStatus.MISSED
        if isinstance(event, e.OutOfTime):
            return out + self._rest_is_missed(event)
        if missed and step.on_miss is s.OnMiss.STOP:
            return out + self._rest_is_missed(event)
        self._next_at = event.t
        return out

    def _rest_is_missed(self, event: e.Event) -> list[c.Command]:
        reason = _reason(event)
        rest = range(self._index + 1, len(self.script.steps))
        out: list[c.Command] = [c.Note(i, c.StepStatus.MISSED, reason) for i in rest]
        self._index = len(self.script.steps)
        return out + self._end_of_script(out_of_time=isinstance(event, e.OutOfTime))

    def _go_on(self, out: list[c.Command]) -> list[c.Command]:
        """Begin the next step, and the one after it where that one is over at once."""
        while self._next_at is not None:
            t, self._next_at = self._next_at, None
            self._index += 1
            self._pieces_sent = 0
            if self._index >= len(self.script.steps):
                return out + self._end_of_script(out_of_time=False)
            step = self.script.steps[self._index]
            out.append(c.Note(self._index, c.StepStatus.BEGUN, "script"))
            out += self._begin(step, t)
        return out

    def _begin(self, step: s.Step, t: int) -> list[c.Command]:
        if self._cannot_come(step):
            return self._over(c.StepStatus.MISSED, e.Exited(t))
        match step:
            case s.Connect():
                return self._let_go()
            case s.Accept():
                return [*self._let_go(), c.Listen()]
            case s.Refuse() if self._peer_exited:
                return self._over(c.StepStatus.DONE, e.Exited(t))
            case s.HalfClose() | s.Close() | s.Reset() if not self._connected:
                return self._unconnected(t)
            case s.Send():
                return self._begin_send(step, t)
            case s.Receive():
                return self._begin_receive(step, t)
            case s.ReceiveEnd() if self._peer_ended:
                return self._over(c.StepStatus.DONE, e.EndOfStream(t))
            case s.ReceiveEnd():
                return [] if self._connected else self._unconnected(t)
            case s.Restart() if self._peer_exited:
                return self._act(step, e.Exited(t), guaranteed=True)
            case s.HalfClose():
                return [c.ShutdownWrite(), *self._over(c.StepStatus.DONE, e.Event(t))]
            case s.Close():
                self._connected = False
                return [c.CloseConnection(), *self._over(c.StepStatus.DONE, e.Event(t))]
            case s.Reset():
                self._connected = False
                return [c.Abort(), *self._over(c.StepStatus.DONE, e.Event(t))]
            case _:
                return []

    def _begin_send(self, step: s.Send, t: int) -> list[c.Command]:
        self._pieces = step.pieces_after(self._heard)
        if not self._connected:
            return self._unconnected(t)
        # What it is made of was never heard: there is nothing to be said.
        return [c.AwaitReady()] if self._pieces else self._over(c.StepStatus.MISSED, e.Event(t))

    def _begin_receive(self, step: s.Receive, t: int) -> list[c.Command]:
        self._length_in = step.length_after(self._heard)
        if self._unread and self._length_in(bytes(self._unread)) is not None:
            return self._look(step, e.Received(t, b""))
        if self._peer_ended:
            return self._take(e.EndOfStream(t))
        if self._peer_exited:
            # Without FIN: what it left behind holds the connection, and says no more.
            return self._take(e.Exited(t))
        return [] if self._connected else self._unconnected(t)

    def _let_go(self) -> list[c.Command]:
        """Close what is still open: the reference has one connection at a time."""
        out: list[c.Command] = [c.CloseConnection()] if self._connected else []
        self._connected = False
        return out

    def _unconnected(self, t: int) -> list[c.Command]:
        return self._over(c.StepStatus.MISSED, e.Refused(t, "not connected"))

    def _cannot_come(self, step: s.Step) -> bool:
        """The program has ended; only what is here already, or is ours to do, can still be."""
        if not self._peer_exited:
            return False
        match step:
            case s.Connect() | s.Accept() | s.Send():
                return True
            case s.Receive():
                return not self._unread
            case s.ReceiveEnd():
                return not self._peer_ended
            case _:
                return False

    def _end_of_script(self, *, out_of_time: bool) -> list[c.Command]:
        self.phase = Phase.OBSERVING
        out = self._let_go()
        if out_of_time or self._peer_exited:
            out.extend(self._finish())
        return out

    def _observe(self, event: e.Event) -> list[c.Command]:
        match event:
            case e.Exited() | e.Stuck() | e.OutOfTime():
                return self._finish()
            case e.Connected():
                # It came back after the exchange: nothing is said to it, nothing is kept open.
                return [c.CloseConnection()]
            case _:
                return []

    def _finish(self) -> list[c.Command]:
        self.phase = Phase.FINISHED
        return [c.Finish()]


def _reason(event: e.Event) -> str:
    """The event's name for `Note`; the reference's own moves are decided by the script."""
    return "script" if type(event) is e.Event else type(event).__name__.lower()
