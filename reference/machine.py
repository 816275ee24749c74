"""The scripted peer as a state machine: events in, commands out, no input or output.

The machine plays the steps of its script in order. `TRANSITIONS` says, for each kind of
step, what each event means for it; an event that is not in the table leaves the step as it
is. Connections have names; an event of one of them concerns the step that is played there.
Steps that are played side by side are tracks of their own, and a step in its turn is the
only track. A step that is proved not to come is *missed*, and the next one is played
(`OnMiss.CONTINUE`), so a program that forgets one thing loses that thing only.

After the last step the machine closes what is still open (several connections one by one, each
when the program has done all that the one before made it do) and goes on observing until the
program has ended, is stuck, or the run is out of time: the ending may still be seen.

    machine = Machine(script)
    commands = machine.start(t=0)
    while not machine.finished:
        commands = machine.handle(next_event())
"""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import assert_never

from reference import choices
from reference import commands as c
from reference import events as e
from reference import script as s
from reference.link import DatagramLink, Link


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

_MESSAGE = {
    e.Received: Meaning.LOOK,
    e.Ready: Meaning.TAKE,
    e.Reading: Meaning.TAKE,
    e.Stuck: Meaning.TAKE,
    e.Overdue: Meaning.TAKE,
    e.EndOfStream: Meaning.TAKE,
    e.ConnectionReset: Meaning.TAKE,
    e.Exited: Meaning.TAKE,
    e.OutOfTime: Meaning.TAKE,
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
        e.AtRest: Meaning.MISSED,
        e.ConnectionReset: Meaning.MISSED,
        e.Exited: Meaning.MISSED,
        e.OutOfTime: Meaning.MISSED,
    },
    s.Receive: _MESSAGE,
    s.Drop: _MESSAGE,
    s.ReceiveEnd: {
        e.EndOfStream: Meaning.DONE,
        e.ConnectionReset: Meaning.DONE,
        # Whether it minds the end of the stream is seen only if we close while there is time.
        e.Overdue: Meaning.MISSED,
        **_PROVED_ABSENT,
    },
    # It is over when the program waits: for us, or for whatever; an end of its own is a word.
    s.Silence: {
        e.Ready: Meaning.DONE,
        e.Stuck: Meaning.DONE,
        e.Received: Meaning.MISSED,
        e.EndOfStream: Meaning.MISSED,
        e.ConnectionReset: Meaning.MISSED,
        e.Overdue: Meaning.DONE,
        e.Exited: Meaning.MISSED,
        e.OutOfTime: Meaning.MISSED,
    },
    s.Type: {e.AtKeyboard: Meaning.ACT, **_PROVED_ABSENT},
    s.PauseReading: {},
    s.ResumeReading: {},
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
        self._several = script.several
        self._links: dict[str, Link] = {}
        self._tracks: list[_Track] = []
        self._leaving: list[str] = []
        """Connections to be closed yet, now that all steps are over."""
        self._next_index = 0
        """The first step behind those of the tracks."""
        self._peer_exited = False
        self._heard: dict[str, bytes] = {}
        self._settled: set[int] = set()
        """Each `either` whose way is known."""
        self._left_out: set[int] = set()
        """Steps of ways that are not played, and such as were played out of their order."""
        self._may_come: dict[str, list[int]] = {}
        """Optional messages of each connection that were passed over before anything came."""

    @property
    def heard(self) -> s.Heard:
        """The values that were taken out of what the program sent."""
        return self._heard

    @property
    def finished(self) -> bool:
        """Nothing more is to be seen or done."""
        return self.phase is Phase.FINISHED

    @property
    def steps(self) -> tuple[s.Step, ...]:
        """The steps being played, one of each track; none when all are over."""
        if self.phase is not Phase.PLAYING:
            return ()
        steps = self.script.steps
        return tuple([steps[t.index] for t in self._tracks if t.index is not None])

    @property
    def step(self) -> s.Step | None:
        """The first of them; None when all are over."""
        return next(iter(self.steps), None)

    def playing(self, kind: type[s.Step] | tuple[type[s.Step], ...]) -> tuple[str, ...]:
        """The connections on which a step of that kind is being played."""
        return tuple([step.connection for step in self.steps if isinstance(step, kind)])

    @property
    def minds_rest(self) -> bool:
        """It makes a difference whether the program is at rest (`events.AtRest`)."""
        if self.phase is Phase.OBSERVING:
            return not self.script.awaits_exit
        return any(map(self._is_to_nobody, self.steps))

    @property
    def dials(self) -> bool:
        """A step being played awaits a listener of the program."""
        return bool(self.playing(s.Connect))

    @property
    def refuses(self) -> bool:
        """A step being played lets the program's connect() be refused."""
        return bool(self.playing(s.Refuse))

    @property
    def awaits_message(self) -> bool:
        """A step being played awaits bytes of the program."""
        return bool(self.playing(s.Receive))

    @property
    def awaits_end(self) -> bool:
        """A step being played awaits the end of a connection."""
        return bool(self.playing(s.ReceiveEnd))

    def start(self, t: int) -> list[c.Command]:
        """Begin with the first step. `t` is the time in ns."""
        return self._go_on([], t)

    def handle(self, event: e.Event) -> list[c.Command]:
        """Take an event; what is to be done because of it."""
        if self.finished:
            return []
        self._remember(event)
        if self.phase is Phase.OBSERVING:
            return self._observe(event)
        out: list[c.Command] = []
        for track in self._meant(event):
            step = self._step_of(track)
            if step is None or self.phase is not Phase.PLAYING:
                continue  # an earlier track has ended all of them
            if (meaning := TRANSITIONS[type(step)].get(type(event))) is not None:
                out += self._apply(meaning, track, step, event)
        return self._go_on(out, event.t) if out else []

    def _step_of(self, track: _Track) -> s.Step | None:
        return None if track.index is None else self.script.steps[track.index]

    def _meant(self, event: e.Event) -> list[_Track]:
        """The tracks that the event is told to."""
        playing = [(t, step) for t in self._tracks if (step := self._step_of(t)) is not None]
        if isinstance(event, e.OfConnection):
            return [t for t, step in playing if step.connection == event.connection]
        if isinstance(event, e.AtRest):
            return [t for t, step in playing if self._is_to_nobody(step)]
        if isinstance(event, e.Stuck):
            # Where the reference can do something itself nothing is proved for the others.
            acting = [
                t for t, step in playing
                if TRANSITIONS[type(step)].get(e.Stuck) is Meaning.BEST_EFFORT
                or choices.is_optional(step)
            ]  # fmt: skip
            return acting or [t for t, _ in playing]
        return [t for t, _ in playing]

    def _is_to_nobody(self, step: s.Step) -> bool:
        """The step sends to a program that has ended its side."""
        return isinstance(step, s.Send) and self.link(step.connection).ended

    # --- what an event changes, whatever the step ---------------------------------------

    def link(self, connection: str) -> Link:
        """What is known of a connection."""
        found = self._links.get(connection)
        if found is None:
            kind = DatagramLink if self.script.datagrams else Link
            found = self._links[connection] = kind()
        return found

    def _remember(self, event: e.Event) -> None:
        match event:
            case e.Received(data=data, connection=name):
                self.link(name).came(data)
            case e.Connected(connection=name):
                self.link(name).begin()
                self._may_come.pop(name, None)
            case e.EndOfStream(connection=name) | e.ConnectionReset(connection=name):
                self.link(name).ended = True
            case e.Exited():
                self._peer_exited = True
            case _:
                pass

    # --- what it means for the step -----------------------------------------------------

    def _apply(
        self, meaning: Meaning, track: _Track, step: s.Step, event: e.Event
    ) -> list[c.Command]:
        match meaning:
            case Meaning.ACT:
                return self._act(track, step, event, guaranteed=getattr(event, "guaranteed", True))
            case Meaning.BEST_EFFORT if (
                isinstance(step, s.Send) and self.link(step.connection).ended
            ):
                # It has closed and does not read: nothing can be delivered any more.
                return self._over(track, c.StepStatus.MISSED, event)
            case Meaning.BEST_EFFORT:
                return self._act(track, step, event, guaranteed=False)
            case Meaning.LOOK:
                return self._look(track, step, event)
            case Meaning.TAKE:
                return self._take(track, step, event)
            case Meaning.DONE if isinstance(event, e.Ready) and _lasts(step):
                return []  # it reads, and may still act when it has read for long enough
            case Meaning.DONE:
                return self._over(track, c.StepStatus.DONE, event)
            case Meaning.MISSED if isinstance(step, s.Silence) and isinstance(event, e.Received):
                late = self._let_in(step, event, over=False)
                if late and not self.link(step.connection).unread:
                    return late
                return late + self._broken(track, step, event)
            case Meaning.MISSED:
                return self._broken(track, step, event)
            case _:
                assert_never(meaning)

    def _broken(self, track: _Track, step: s.Step, event: e.Event) -> list[c.Command]:
        """A step is missed, or it is a silence that has lasted for long enough."""
        kept = _is_kept(step, event.t - track.begun)
        return self._over(track, c.StepStatus.DONE if kept else c.StepStatus.MISSED, event)

    def _act(
        self, track: _Track, step: s.Step, event: e.Event, *, guaranteed: bool
    ) -> list[c.Command]:
        match step, event:
            case s.Connect(connection=name), e.Listening(address=address, port=port):
                return [c.Dial(address, port, connection=name)]
            case s.Send(), _:
                return self._send_piece(track, step, event, guaranteed=guaranteed)
            case s.Type(data=data), _:
                return [c.TypeKeys(data), *self._over(track, c.StepStatus.DONE, event)]
            case s.Restart(), e.Exited():
                self._peer_exited = False
                for link in self._links.values():
                    link.connected = False
                return [c.RestartProgram(), *self._over(track, c.StepStatus.DONE, event)]
            case s.Restart(), _:
                return [c.EndProgram()]
            case _:
                return []

    def _send_piece(
        self, track: _Track, step: s.Send, event: e.Event, *, guaranteed: bool
    ) -> list[c.Command]:
        piece = track.pieces[track.pieces_sent]
        track.pieces_sent += 1
        name, count = step.connection, len(track.pieces)
        for link in self._links.values():
            link.sent()
        out: list[c.Command] = [
            c.Transmit(piece, step.messages, guaranteed, connection=name, pieces=count)
        ]
        if track.pieces_sent < count:
            return [*out, c.AwaitConsumed(connection=name)]
        return out + self._over(track, c.StepStatus.DONE, event)

    def _look(self, track: _Track, step: s.Step, event: e.Event) -> list[c.Command]:
        assert isinstance(step, s.Receive)  # noqa: S101 -- the table says so
        if track.awaits_calm:
            return []
        late = self._let_in(step, event, over=False)
        if self._is_open(track):
            return late + self._choose(track, step, event, over=False)
        link = self.link(step.connection)
        message = None if late and not link.unread else link.take(track.length_in)
        if message is None:
            return late
        self._hear(step, message)
        return late + self._over(track, c.StepStatus.DONE, event)

    def _take(self, track: _Track, step: s.Step, event: e.Event) -> list[c.Command]:
        assert isinstance(step, s.Receive)  # noqa: S101 -- the table says so
        if track.awaits_calm:
            return self._take_calmed(track, step, event)
        late = self._let_in(step, event, over=True)
        if self._is_open(track):
            return late + self._choose(track, step, event, over=True)
        message = self.link(step.connection).take_rest(lambda d: step.rest_in(d, self._heard))
        if message is None:
            return late + self._over(track, c.StepStatus.MISSED, event)
        self._hear(step, message)
        return late + self._over(track, c.StepStatus.DONE, event)

    def _take_calmed(self, track: _Track, step: s.Receive, event: e.Event) -> list[c.Command]:
        """The program has done all that it was made to do, or will never be seen to have."""
        track.awaits_calm = False
        for link in self._links.values():
            link.calmed()
        if isinstance(event, e.Ready):
            return self._look(track, step, event)
        forget = c.ForgetReady(connection=step.connection)
        return [forget, *(self._look(track, step, event) or self._take(track, step, event))]

    def _hear(self, step: s.Receive, message: bytes) -> None:
        """Take the values out of the message."""
        self._heard.update(step.hears(message, self._heard))

    # --- several right behaviours -------------------------------------------------------

    def _is_open(self, track: _Track) -> bool:
        return track.index is not None and choices.is_open(
            self.script.steps, track.index, self._settled
        )

    def _choose(
        self, track: _Track, step: s.Receive, event: e.Event, *, over: bool
    ) -> list[c.Command]:
        """Take what came for the step, or for another way; or find that it is none of them."""
        link, index = self.link(step.connection), track.index
        assert index is not None  # noqa: S101 -- it has a step
        choice = choices.chosen(
            self.script.steps, index, link.peek(), self._heard,
            over=over, whole=self.script.datagrams,
        )  # fmt: skip
        if choice is None:
            return []
        if choice.index is not None:
            out = self._settle(track, choice.index, event)
            taken = self.script.steps[choice.index]
            assert isinstance(taken, s.Receive)  # noqa: S101 -- no other takes bytes
            self._hear(taken, link.take(lambda _: choice.size) or b"")
            return out + self._over(track, c.StepStatus.DONE, event)
        if step.optional:
            return self._over(track, c.StepStatus.PASSED_OVER, event)
        end = self._way_that_ends(step) if over and link.ended and not link.unread else None
        out = self._settle(track, index if end is None else end, event)
        if end is not None:
            return out + self._over(track, c.StepStatus.DONE, event)
        return out + (self._take if over else self._look)(track, step, event)

    def _let_in(self, step: s.Step, event: e.Event, *, over: bool) -> list[c.Command]:
        """Take optional messages that come after they were passed over."""
        link, out = self.link(step.connection), list[c.Command]()
        for index in list(self._may_come.get(step.connection, ())):
            late = self.script.steps[index]
            assert isinstance(late, s.Receive)  # noqa: S101 -- no other is optional
            size = choices.late_size(
                late, step, link.peek(), self._heard, over=over, whole=self.script.datagrams
            )
            if size:
                self._may_come[step.connection].remove(index)
                self._hear(late, link.take(lambda _: size) or b"")  # noqa: B023 -- at once
                out.append(c.Note(index, c.StepStatus.DONE, _reason(event)))
        return out

    def _way_that_ends(self, step: s.Step) -> int | None:
        """The first step of the way that begins with the end of the connection, if there is one."""
        ways = choices.ways_of(self.script.steps, step.either)
        heads = (way[0] for _, way in sorted(ways.items()))
        return next((i for i in heads if isinstance(self.script.steps[i], s.ReceiveEnd)), None)

    def _settle(self, track: _Track, index: int, event: e.Event) -> list[c.Command]:
        """Go on with the way that begins with step `index`; the others are left out."""
        step = self.script.steps[index]
        if not step.either or step.either in self._settled:
            return []
        self._settled.add(step.either)
        ways = choices.ways_of(self.script.steps, step.either)
        out: list[c.Command] = []
        for way, indices in ways.items():
            if way != step.way:
                self._left_out.update(indices)
                out += [c.Note(i, c.StepStatus.PASSED_OVER, _reason(event)) for i in indices]
        if index != track.index:
            self._left_out.add(index)  # its turn is now
            track.left[0] = index
            out.append(c.Note(index, c.StepStatus.BEGUN, _reason(event)))
        return out

    # --- from step to step --------------------------------------------------------------

    def _over(self, track: _Track, status: c.StepStatus, event: e.Event) -> list[c.Command]:
        step, index = self._step_of(track), track.index
        assert step is not None  # noqa: S101 -- only called while PLAYING
        assert index is not None  # noqa: S101 -- it has a step
        if status is c.StepStatus.MISSED and choices.is_optional(step):
            status = c.StepStatus.PASSED_OVER
        if status is c.StepStatus.PASSED_OVER and not self.link(step.connection).unread:
            self._may_come.setdefault(step.connection, []).append(index)
        out = self._settle(track, index, event)
        out.append(c.Note(index, status, _reason(event)))
        missed = status is c.StepStatus.MISSED
        if isinstance(event, e.OutOfTime) or (missed and step.on_miss is s.OnMiss.STOP):
            track.advance(event.t)
            return out + self._rest_is_missed(event)
        track.advance(event.t)
        return out

    def _rest_is_missed(self, event: e.Event) -> list[c.Command]:
        reason = _reason(event)
        left = [i for track in self._tracks for i in track.left]
        rest = [*sorted(left), *range(self._next_index, len(self.script.steps))]
        self._tracks, self._next_index = [], len(self.script.steps)
        out: list[c.Command] = [
            c.Note(i, self._left_at_the_end(i), reason) for i in rest if i not in self._left_out
        ]
        return out + self._end_of_script(out_of_time=isinstance(event, e.OutOfTime))

    def _left_at_the_end(self, index: int) -> c.StepStatus:
        """What becomes of a step that the run has no time for."""
        step = self.script.steps[index]
        unsettled = step.either and step.either not in self._settled and step.way
        passed = unsettled or choices.is_optional(step)
        return c.StepStatus.PASSED_OVER if passed else c.StepStatus.MISSED

    def _go_on(self, out: list[c.Command], t: int) -> list[c.Command]:
        """Begin the next steps, and those after them where they are over at once."""
        while self.phase is Phase.PLAYING:
            due = next((track for track in self._tracks if track.due is not None), None)
            if due is not None:
                out += self._begin_next(due)
            elif any(track.index is not None for track in self._tracks):
                return out
            elif self._next_index in self._left_out:
                self._next_index += 1
            elif self._next_index >= len(self.script.steps):
                return out + self._end_of_script(out_of_time=False)
            else:
                self._tracks, self._next_index = _tracks(self.script.steps, self._next_index, t)
        return out

    def _begin_next(self, track: _Track) -> list[c.Command]:
        step, index, t = self._step_of(track), track.index, track.due
        track.due = None
        track.pieces_sent, track.awaits_calm = 0, False
        track.begun = t or 0
        if step is None or index is None or t is None:
            return []
        begun = c.Note(index, c.StepStatus.BEGUN, "script")
        return [begun, *self._begin(track, step, t)]

    def _begin(self, track: _Track, step: s.Step, t: int) -> list[c.Command]:
        link, name = self.link(step.connection), step.connection
        done, event = c.StepStatus.DONE, e.Event(t)
        if self._cannot_come(step, link) and not (step.either and self._is_open(track)):
            return self._over(track, c.StepStatus.MISSED, e.Exited(t))
        match step:
            case s.Connect():
                return self._let_go(name)
            case s.Accept():
                return [*self._let_go(name), c.Listen(connection=name)]
            case s.Refuse() if self._peer_exited:
                return self._over(track, done, e.Exited(t))
            case s.ReceiveEnd() if link.ended:
                return self._over(track, done, e.EndOfStream(t))
            case s.Receive():
                return self._begin_receive(track, step, t)
            case s.Restart() if self._peer_exited:
                return self._act(track, step, e.Exited(t), guaranteed=True)
            case s.Connect() | s.Accept() | s.Refuse() | s.Restart() | s.Type():
                return []
            case _ if not link.connected:
                return self._unconnected(track, t)
            case s.Send():
                return self._begin_send(track, step, t)
            case s.Silence() if link.unread:
                return self._over(track, c.StepStatus.MISSED, e.Received(t, b""))
            case s.Silence() if link.ended:
                return self._over(track, c.StepStatus.MISSED, e.EndOfStream(t))
            case s.Silence(lasts=float()):
                return []  # its time is over (`Overdue`), or the program is proved to wait
            case s.Silence():
                return [c.AwaitReady(connection=name, calm=True, rests=True)]
            case s.PauseReading():
                return [c.StopReading(connection=name), *self._over(track, done, event)]
            case s.ResumeReading():
                return [c.ReadAgain(connection=name), *self._over(track, done, event)]
            case s.HalfClose():
                return [c.ShutdownWrite(connection=name), *self._over(track, done, event)]
            case s.Close():
                link.connected = False
                return [c.CloseConnection(connection=name), *self._over(track, done, event)]
            case s.Reset():
                link.connected = False
                return [c.Abort(connection=name), *self._over(track, done, event)]
            case _:
                return []

    def _begin_send(self, track: _Track, step: s.Send, t: int) -> list[c.Command]:
        track.pieces = step.pieces_after(self._heard)
        if not track.pieces:
            # What it is made of was never heard: there is nothing to be said.
            return self._over(track, c.StepStatus.MISSED, e.Event(t))
        calm = self._several and not step.together
        return [c.AwaitReady(connection=step.connection, calm=calm)]

    def _begin_receive(self, track: _Track, step: s.Receive, t: int) -> list[c.Command]:
        link = self.link(step.connection)
        track.length_in = step.length_after(self._heard)
        if self._is_ahead(step, link):
            track.awaits_calm = True
            return [c.AwaitReady(connection=step.connection, calm=True)]
        if self._is_open(track) and link.unread and not (link.ended or self._peer_exited):
            if out := self._look(track, step, e.Received(t, b"")):
                return out
        elif link.has(track.length_in):
            return self._look(track, step, e.Received(t, b""))
        if link.ended:
            return self._take(track, step, e.EndOfStream(t))
        if self._peer_exited:
            # Without FIN: what it left behind holds the connection, and says no more.
            return self._take(track, step, e.Exited(t))
        return [] if link.connected else self._unconnected(track, t)

    def _is_ahead(self, step: s.Receive, link: Link) -> bool:
        """What came answers an earlier message, so that the program may be at the last one yet.

        To play on now would be a race with it: a client that connects meanwhile might be sent
        what was not meant for it, or not, by how busy the machine is.
        """
        running = link.connected and not (link.ended or self._peer_exited)
        return self._several and not step.together and running and link.is_behind

    def _let_go(self, name: str) -> list[c.Command]:
        """Close it if it is still open: there is one connection at a time of each name."""
        link = self.link(name)
        out: list[c.Command] = [c.CloseConnection(connection=name)] if link.connected else []
        link.connected = False
        return out

    def _unconnected(self, track: _Track, t: int) -> list[c.Command]:
        return self._over(track, c.StepStatus.MISSED, e.Refused(t, "not connected"))

    def _cannot_come(self, step: s.Step, link: Link) -> bool:
        """The program has ended; only what is here already, or is ours to do, can still be."""
        if not self._peer_exited:
            return False
        match step:
            case s.Connect() | s.Accept() | s.Send() | s.Silence() | s.Type():
                return True
            case s.Receive():
                return not link.unread
            case s.ReceiveEnd():
                return not link.ended
            case _:
                return False

    def _end_of_script(self, *, out_of_time: bool) -> list[c.Command]:
        self.phase = Phase.OBSERVING
        if out_of_time or self._peer_exited:
            return [*self._leave_all(), *self._finish()]
        if not self._several:
            return self._leave_all()
        # One after the other: who is told that another has left is still there to hear it.
        self._leaving = [name for name, link in self._links.items() if link.connected]
        return self._await_leave()

    def _await_leave(self) -> list[c.Command]:
        """Leave those whom the program has left; then wait until the next may be left."""
        out: list[c.Command] = []
        while self._leaving and self.link(self._leaving[0]).ended:
            out += self._let_go(self._leaving.pop(0))
        return [*out, *(c.AwaitReady(connection=name, calm=True) for name in self._leaving[:1])]

    def _leave_all(self) -> list[c.Command]:
        self._leaving = []
        return [command for name in list(self._links) for command in self._let_go(name)]

    def _leave_next(self) -> list[c.Command]:
        name = self._leaving.pop(0)
        return [*self._let_go(name), *self._await_leave()]

    def _observe(self, event: e.Event) -> list[c.Command]:
        match event:
            case e.Exited() | e.OutOfTime():
                return [*self._leave_all(), *self._finish()]
            case e.Stuck() if self._leaving:
                return self._leave_next()
            case e.OfConnection(connection=name) if name in self._leaving[:1] and isinstance(
                event, e.Ready | e.EndOfStream | e.ConnectionReset
            ):
                return self._leave_next()
            case e.Stuck():
                return self._finish()
            case e.AtRest() if not self.script.awaits_exit:
                return self._finish()
            case e.Connected(connection=name):
                # It came back after the exchange: nothing is said to it, nothing is kept open.
                return self._let_go(name)
            case _:
                return []

    def _finish(self) -> list[c.Command]:
        self.phase = Phase.FINISHED
        return [c.Finish()]


class _Track:
    """Steps that are played one after another, beside those of other tracks."""

    def __init__(self, indices: list[int], t: int) -> None:
        self.left = indices
        """Steps that are not over; the first is being played."""
        self.pieces: tuple[bytes, ...] = ()
        """What the present step sends."""
        self.pieces_sent = 0
        self.begun = t
        """When the present step began."""
        self.length_in: s.LengthIn = len
        """How the message that it awaits is told from what follows."""
        self.awaits_calm = False
        """It has a message, and waits until the program has done all that it was made to do."""
        self.due: int | None = t
        """The time at which its next step is due to begin; None: the present one goes on."""

    @property
    def index(self) -> int | None:
        """The step being played; None when all are over."""
        return self.left[0] if self.left else None

    def advance(self, t: int) -> None:
        """The present step is over."""
        del self.left[0]
        self.due = t if self.left else None


def _tracks(steps: tuple[s.Step, ...], first: int, t: int) -> tuple[list[_Track], int]:
    """The tracks that begin with step `first`, and the step behind them."""
    number = steps[first].together
    if not number:
        return [_Track([first], t)], first + 1
    by_name: dict[str, list[int]] = {}
    index = first
    while index < len(steps) and steps[index].together == number:
        by_name.setdefault(steps[index].connection, []).append(index)
        index += 1
    return [_Track(indices, t) for indices in by_name.values()], index


def _lasts(step: s.Step) -> bool:
    return isinstance(step, s.Silence) and step.lasts is not None


def _is_kept(step: s.Step, so_far: int) -> bool:
    """Whether it is a silence that has lasted long enough, whatever ends it now (ns)."""
    return isinstance(step, s.Silence) and step.lasts is not None and so_far >= step.lasts * 1e9


def _reason(event: e.Event) -> str:
    """The event's name for `Note`; the reference's own moves are decided by the script."""
    return "script" if type(event) is e.Event else type(event).__name__.lower()
