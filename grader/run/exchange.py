"""The reference's side of a run: its connections, and the record of what passes over them."""

from __future__ import annotations

from dataclasses import dataclass

from grader import transcript as tr
from grader.run.look import Facts
from grader.run.recorder import Recorder
from reference import commands as c
from reference import events as e
from reference.endpoint import Endpoint
from reference.script import Script

_ORPHAN_GRACE = 150_000_000
"""A program that has closed is seen to have done so within this time, ns."""


@dataclass
class _Line:
    """What is remembered of one connection since it was made."""

    peer_fin: bool = False
    got_bytes: bool = False
    piece: int = 0
    close_due: int | None = None


class Exchange:
    """Carries out commands on connections, and records them and what comes.

    `reset_after_fin`: close by RST once the program's FIN was seen (see `Setting`).
    """

    def __init__(self, script: Script, recorder: Recorder, *, reset_after_fin: bool) -> None:
        self.endpoint = Endpoint(
            recorder.now, datagrams=script.datagrams, family=script.family, path=script.path
        )
        self._script, self._recorder = script, recorder
        self._reset_after_fin = reset_after_fin
        self._lines: dict[str, _Line] = {}

    def _line(self, name: str) -> _Line:
        return self._lines.setdefault(name, _Line())

    def got_bytes(self, name: str) -> bool:
        """The program has sent something on the connection."""
        return self._line(name).got_bytes

    # --- what came -----------------------------------------------------------------------

    def record(self, event: e.Event, most: int) -> bool:
        """Record what came; False: it is more than `most` bytes in all, and is not kept."""
        add = self._recorder.add
        match event:
            case e.Connected(local=local, remote=remote, connection=name):
                self._lines[name] = _Line()
                protocol = "udp" if self._script.datagrams else "tcp"
                protocol = "unix" if self._script.path else protocol
                add(lambda t: tr.Connected(
                    t=t, connection=name, local=local, remote=remote, protocol=protocol
                ))  # fmt: skip
            case e.Refused(reason=reason, connection=name):
                add(lambda t: tr.Refused(t=t, connection=name, reason=reason))
            case e.Received(data=data, connection=name):
                self._line(name).got_bytes = True
                self._recorder.received_size += len(data)
                if self._recorder.received_size > most:
                    return False
                add(lambda t: tr.Received(t=t, connection=name, data=data))
            case e.EndOfStream(connection=name):
                self._line(name).peer_fin = True
                add(lambda t: tr.EndOfStream(t=t, connection=name))
            case e.ConnectionReset(connection=name):
                self._line(name).peer_fin = True
                add(lambda t: tr.ConnectionReset(t=t, connection=name))
            case _:
                pass
        return True

    def consumed(self, name: str) -> None:
        """The program is seen to have read all that was sent; recorded once."""
        total = self.endpoint.of(name).bytes_sent
        last = next(
            (
                x
                for x in reversed(self._recorder.entries)
                if isinstance(x, tr.Consumed) and x.connection == name
            ),
            None,
        )
        if total and (last is None or last.total != total):
            self._recorder.add(lambda t: tr.Consumed(t=t, connection=name, total=total))

    # --- what we do ----------------------------------------------------------------------

    def begin_message(self, name: str) -> None:
        """The pieces of a message follow."""
        self._line(name).piece = 0

    def transmit(self, command: c.Transmit) -> None:
        """Send a piece."""
        line = self._line(command.connection)
        line.piece += 1
        piece = line.piece
        self._recorder.add(
            lambda t: tr.Sent(
                t=t, connection=command.connection, data=command.data, messages=command.messages,
                piece=piece, pieces=max(piece, command.pieces), guaranteed=command.guaranteed,
            )
        )  # fmt: skip
        self.endpoint.send(command.data, command.connection)

    def half_close(self, name: str) -> None:
        """Send FIN."""
        self._record_closed(name, "half-close")
        self.endpoint.shutdown_write(name)

    def abort(self, name: str) -> None:
        """Send RST."""
        self._record_closed(name, "reset")
        self.endpoint.close(name, reset=True)

    def close(self, name: str, facts: Facts, *, exited: bool) -> None:
        """Close the connection, now or as soon as it is known how."""
        line = self._line(name)
        if self._reset_after_fin and line.peer_fin:
            # Its socket is about to be orphaned, or it waits for our FIN: see which.
            line.close_due = self._recorder.now() + _ORPHAN_GRACE
            self.close_if_due(facts, exited=exited)
        else:
            self._close_now(name, reset=False)

    def close_if_due(self, facts: Facts, *, exited: bool) -> None:
        """Close by RST, which leaves no TIME_WAIT, once nobody is there whom it could hurt."""
        for name, line in self._lines.items():
            if line.close_due is None:
                continue
            if exited or facts.orphaned(self.endpoint, name):
                self._close_now(name, reset=True)
            elif self._recorder.now() > line.close_due:
                self._close_now(name, reset=False)

    def close_those_due(self) -> bool:
        """It is our FIN that the program waits for: close; whether there was one to be closed."""
        due = [name for name, line in self._lines.items() if line.close_due is not None]
        for name in due:
            self._close_now(name, reset=False)
        return bool(due)

    def _close_now(self, name: str, *, reset: bool) -> None:
        self._line(name).close_due = None
        self._record_closed(name, "close")
        self.endpoint.close(name, reset=reset)

    def _record_closed(self, name: str, how: str) -> None:
        self._recorder.add(lambda t: tr.Closed(t=t, connection=name, how=how))
