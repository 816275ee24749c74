"""Plays a script by hand, in a terminal, against a program that somebody starts beside it.

A shell around `reference.machine` and `reference.endpoint`. Nothing can be read here of the
program's state, so the pace is that of a patient person: a message goes out when nothing has
come for `SETTLE`, and a step is given up after `patience` of silence. This decides no grade.
All that happens is told as it happens, as the events and commands themselves: whoever calls
puts them into words.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable

from reference import commands as c
from reference import events as e
from reference import script as s
from reference.endpoint import Endpoint
from reference.machine import Machine, Phase
from reference.socketfile import Places

SETTLE = 0.3
"""Seconds without news after which the program is taken to be ready."""
RETRY = 0.25
"""Seconds between two attempts to reach a server that is not there yet."""
PATIENCE = 5.0
"""Seconds of silence after which a step is given up, unless told otherwise."""

Tell = Callable[[e.Event | c.Command], None]


class Player:
    """Plays `script` once, against whoever listens on `address` or connects to us.

    `patience` and `settle` are in seconds.
    """

    def __init__(
        self,
        script: s.Script,
        tell: Tell,
        *,
        address: str = "127.0.0.1",
        patience: float = PATIENCE,
        settle: float = SETTLE,
    ) -> None:
        self._machine = Machine(script)
        self._tell = tell
        self._address = address
        self._patience = patience
        self._settle = settle
        self._began = time.monotonic_ns()
        self._endpoint = Endpoint(
            self._now, datagrams=script.datagrams, family=script.family, path=script.path
        )
        self._asked: dict[str, type[e.Ready] | type[e.Consumed]] = {}
        self._unread: set[str] = set()
        self._ended: set[str] = set()
        self._searching = False
        self._early: list[e.Event] = []

    def play(self) -> None:
        """Play to the end; the sockets are closed whatever happens.

        Raises:
            PortTakenError: another program has the port that the script listens on.
            NoUnixSocketsError: this system has none of those that the script asks for.
            KeyboardInterrupt: the person gave up.
        """
        script = self._machine.script
        try:
            if script.path:
                refuses = any(isinstance(step, s.Refuse) for step in script.steps)
                self._endpoint.stand_in(Places("."), refuses=refuses)
            self._carry_out(self._machine.start(self._now()))
            while not self._machine.finished:
                for event in self._next_events():
                    self._take(event)
        finally:
            self._endpoint.close_all()

    def _now(self) -> int:
        return time.monotonic_ns() - self._began

    # --- events --------------------------------------------------------------------------

    def _next_events(self) -> list[e.Event]:
        if self._machine.dials and not self._endpoint.dialling:
            return self._dial()
        if self._machine.phase is Phase.OBSERVING or isinstance(self._machine.step, s.Restart):
            # The end of a program cannot be seen from here; the person sees it.
            return [e.Exited(self._now())]
        if isinstance(self._machine.step, s.Type):
            return [e.AtKeyboard(self._now())]  # the person types it
        came = self._wait(self._time_limit())
        return came or [self._silence()]

    def _wait(self, seconds: float | None) -> list[e.Event]:
        """What the sockets bring within `seconds`; None: until they bring something."""
        while True:
            ready = select.select(self._endpoint.reads, self._endpoint.writes, [], seconds)
            came = self._endpoint.poll()
            if came or not (ready[0] or ready[1]):
                return came

    def _time_limit(self) -> float | None:
        if self._asked or self._partly_come:
            return self._settle
        if isinstance(self._machine.step, s.Accept):
            return None
        return self._patience

    def _silence(self) -> e.Event:
        """What silence means now: the program reads, or will do nothing more."""
        for name, kind in self._asked.items():
            return kind(self._now(), guaranteed=False, connection=name)
        for name in self._partly_come:
            return e.Reading(self._now(), connection=name)
        return e.Stuck(self._now())

    @property
    def _partly_come(self) -> list[str]:
        """Connections on which a message is awaited, and something has come for it."""
        return [name for name in self._machine.playing(s.Receive) if name in self._unread]

    def _dial(self) -> list[e.Event]:
        """Reach for the server until it is there: a refusal only says « not yet »."""
        script, name = self._machine.script, self._machine.playing(s.Connect)[0]
        address, port = (script.path, 0) if script.path else (self._address, script.port)
        if not self._searching:
            self._searching = True
            self._take(e.Listening(self._now(), address, port, connection=name))
            came: list[e.Event] = self._early
        else:
            came = self._endpoint.dial(address, port, name)
        if not came and self._endpoint.dialling:
            came = self._wait(self._patience)
        if came and not isinstance(came[0], e.Refused):
            self._searching = False
            return came
        self._endpoint.close(name)
        select.select([], [], [], RETRY)
        return []

    def _take(self, event: e.Event) -> None:
        match event:
            case e.Ready(connection=name) | e.Consumed(connection=name):
                self._asked.pop(name, None)
            case e.Received(connection=name):
                self._unread.add(name)
            case e.Connected(connection=name):
                self._unread.discard(name)
                self._ended.discard(name)
            case e.EndOfStream(connection=name) | e.ConnectionReset(connection=name):
                self._ended.add(name)
            case _:
                pass
        self._tell(event)
        self._carry_out(self._machine.handle(event))

    # --- commands ------------------------------------------------------------------------

    def _carry_out(self, commands: list[c.Command]) -> None:
        for command in commands:
            self._do(command)
            self._tell(command)

    def _do(self, command: c.Command) -> None:
        match command:
            case c.Listen(connection=name):
                self._endpoint.listen(self._machine.script.port, name)
            case c.Dial(address=address, port=port, connection=name):
                self._early = self._endpoint.dial(address, port, name)
            case c.AwaitReady(connection=name):
                self._asked[name] = e.Ready
            case c.ForgetReady(connection=name):
                self._asked.pop(name, None)
            case c.AwaitConsumed(connection=name):
                self._asked[name] = e.Consumed
            case c.Transmit(data=data, connection=name):
                self._endpoint.send(data, name)
            case c.StopReading(connection=name):
                self._endpoint.pause(name)
            case c.ReadAgain(connection=name):
                self._endpoint.resume(name)
            case c.ShutdownWrite(connection=name):
                self._endpoint.shutdown_write(name)
            case c.CloseConnection(connection=name):
                # It closed first: by RST no TIME_WAIT keeps its port from the next try.
                self._endpoint.close(name, reset=name in self._ended)
            case c.Abort(connection=name):
                self._endpoint.close(name, reset=True)
            case c.Note(step=index, status=status) if status is not c.StepStatus.BEGUN:
                name = self._machine.script.steps[index].connection
                self._unread.discard(name)
                self._asked.pop(name, None)
            case _:
                pass
