"""Each entry of a transcript in words: the moment that it is, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from grader import transcript as tr
from grader.judge.own_calls import own_words
from grader.judge.unsaid import Unsaid
from grader.lab.model import Action, Message, ReferenceStep
from grader.view.calls import call_words
from grader.view.message_names import MessageNames
from grader.view.moment import Kind, Moment, Place
from grader.view.out_of_turn import out_of_turn
from grader.view.own_program import NOTHING, OwnProgram
from grader.view.student_words import page_words
from grader.view.trace_paths import short_paths
from grader.view.words import byte_count


class Teller:
    """Puts one transcript's entries in words."""

    def __init__(
        self,
        transcript: tr.Transcript,
        language: str,
        steps: Sequence[ReferenceStep],
        own: OwnProgram = NOTHING,
        left_out: Mapping[int, Unsaid] = MappingProxyType({}),
        messages: Mapping[str, Message] = MappingProxyType({}),
    ) -> None:
        self.language = language
        self.own = own
        self.words = page_words(language)
        self.server = transcript.header.role == "server"
        self.entries = transcript.entries
        self.names = MessageNames(transcript, self.words, messages, language)
        self.unready = (
            frozenset[int]() if transcript.header.facts == "paced" else _unready(self.entries)
        )
        last = self.entries[-1] if self.entries else None
        self.crashed = isinstance(last, tr.Ended) and last.outcome != "completed"
        self.steps = steps if _one_to_one(steps) else ()
        self.left_out = left_out
        self.out_of_turn = out_of_turn(transcript, self.steps)
        steps_over = (e for e in transcript.entries if isinstance(e, tr.Step))
        self.done = frozenset(e.index for e in steps_over if e.status == "done")
        made = [e for e in self.entries if isinstance(e, tr.Connected)]
        self.udp = {e.connection for e in made if e.protocol == "udp"}
        self.local = {e.connection for e in made if e.protocol == "unix"}
        ours = not self.server and not any(s.action is Action.REFUSE for s in steps)
        self.opened = {e.local[1] for e in made if ours and e.protocol == "tcp"}
        """Ports that a client was answered on, and not for having called a second time."""
        waits = [i for i, e in enumerate(self.entries) if isinstance(e, tr.State)]
        self.last_state = waits[-1] if waits else None
        self.positions: dict[int, tr.Position] = {}
        """Where it stood in the state at an entry."""
        for index, entry in enumerate(self.entries):
            if isinstance(entry, tr.Position) and (before := [i for i in waits if i < index]):
                self.positions.setdefault(before[-1], entry)

    def tell(self, index: int, entry: tr.AnyEntry) -> Moment | None:
        """The moment of that entry; None for one that is not worth a row."""
        if isinstance(entry, tr.State):
            return self._state(index, entry)
        teller = _TELLERS.get(type(entry))
        moment = teller(self, entry) if teller else None
        if moment is not None and index in self.unready:
            label = f"{moment.label} ({self.words['not_seen_ready']})"
            moment = replace(moment, label=label)
        if moment is None:
            return None
        if isinstance(entry, tr.Step) and 0 <= entry.index < len(self.steps):
            return replace(moment, connection=self.steps[entry.index].connection)
        call = moment.call if self._has_taken(index, entry) else ""
        return replace(moment, connection=_connection(entry), call=call)

    def _has_taken(self, index: int, entry: tr.AnyEntry) -> bool:
        """Whether a connection or a message was taken at once, as far as is known.

        One that was then seen to lie in a queue, while the program was proved to wait for
        something else, no line of it has taken.
        """
        if not isinstance(entry, tr.Connected | tr.Sent):
            return True
        connection, sent = entry.connection, isinstance(entry, tr.Sent)
        for later in self.entries[index + 1 :]:
            if isinstance(later, tr.Received | tr.Consumed) and later.connection == connection:
                return True
            if isinstance(later, tr.State) and later.why == "waiting":
                return not any(
                    not s.accepted or (sent and s.receive_queue)
                    for s in later.sockets
                    if s.connection == connection and s.state in _OPEN
                )
        return True

    def _state(self, index: int, entry: tr.State) -> Moment | None:
        if entry.why == "exit":
            return None
        if index != self.last_state and entry.why != "waiting":
            return None
        position = self.positions.get(index)
        frame = position.frames[0] if position is not None and position.frames else None
        line = self.own.line(frame.file, frame.line) if frame is not None else ""
        where = _where(position, self.words) if position is not None else ""
        called = call_words(entry.calls, self.words, entry.sockets, line)
        label = own_words(", ".join(filter(None, (called, where))), lambda _: line)
        if not label:
            return None
        if unread := self._unread(entry):
            label = f"{label}{self.words['m_unread'].format(size=unread)}"
        names = {call.connection for call in entry.calls}
        moment = _moment(entry, Place.AT_PROGRAM, Kind.WAIT, label)
        return replace(moment, frame=frame, connection=names.pop() if len(names) == 1 else "")

    def _unread(self, entry: tr.State) -> str:
        """What had come to the program's connections, and it had not read: bytes, and whose."""
        unread: dict[str, int] = {}
        for s in entry.sockets:
            # In other states the kernel counts the FIN as one byte more.
            if s.state == "established" and s.receive_queue:
                unread[s.connection] = unread.get(s.connection, 0) + s.receive_queue
        if len(unread) > _FEW and all(unread):
            size = byte_count(sum(unread.values()), self.language)
            many = "m_unread_many" if self.server else "m_unread_connections"
            return self.words[many].format(size=size, n=len(unread))
        sizes = {name: byte_count(size, self.language) for name, size in unread.items()}
        of = self.words["m_unread_of"]
        return ", ".join(
            of.format(size=size, name=name) if name else size for name, size in sizes.items()
        )

    def _position(self, entry: tr.Position) -> Moment | None:
        if self.last_state is not None:
            return None
        where = _where(entry, self.words)
        label = self.words["m_position"].format(where=where)
        if not where:
            return None
        made = _moment(entry, Place.AT_PROGRAM, Kind.WAIT, label)
        return replace(made, frame=entry.frames[0])

    def _started(self, entry: tr.Started) -> Moment:
        label = self.words["m_started" if entry.number == 1 else "m_restarted"]
        return _moment(entry, Place.AT_PROGRAM, Kind.LIFE, label)

    def _compiled(self, entry: tr.Compiled) -> Moment | None:
        """What the compiler said; where it said nothing there is nothing to tell."""
        failed = bool(entry.status or entry.limit)
        if not failed and not entry.output:
            return None
        label = self.words["m_unbuilt" if failed else "m_doubts"]
        return _moment(entry, Place.AT_PROGRAM, Kind.ERROR, label, entry.output)

    def _listener(self, entry: tr.Listener) -> Moment:
        udp = entry.protocol.startswith("udp")
        text = self.words["m_bound_udp" if udp else "m_listens"]
        if entry.protocol == "unix":
            text = self.words["m_listens_local"]
        elif entry.assumed:
            text = self.words["m_listens_unseen"]
        where = _address(entry.address, entry.port)
        return _moment(
            entry, Place.AT_PROGRAM, Kind.NOTE, text.format(where=where, port=entry.port),
            call="bind" if udp else "listen",
        )  # fmt: skip

    def _connected(self, entry: tr.Connected) -> Moment | None:
        if entry.protocol == "udp":
            return None
        place = Place.TO_PROGRAM if self.server else Place.TO_REFERENCE
        call = "accept" if self.server else "connect"
        label = self._of("m_connected", entry)
        return _moment(entry, place, Kind.CONNECT, label, call=call)

    def _of(self, key: str, entry: tr.OnConnection) -> str:
        """The words, which of a Unix-domain socket speak of no packets."""
        return self.words[f"{key}_local" if entry.connection in self.local else key]

    def _refused(self, entry: tr.Refused) -> Moment:
        return _moment(entry, Place.REFUSED, Kind.CUT, self.words["m_refused"])

    def _dialed(self, entry: tr.Dialed) -> Moment:
        where = _address(entry.address, entry.port)
        key = "m_dialed_opened" if entry.port in self.opened else "m_dialed"
        if entry.protocol == "unix":
            key = "m_dialed_local_opened"
        label = self.words[key].format(where=where, protocol=entry.protocol.upper())
        return _moment(entry, Place.LOST, Kind.CUT, label, call="connect")

    def _sent(self, entry: tr.Sent) -> Moment:
        label = self.names.sent(entry)
        if entry.pieces > 1:
            piece = self.words["m_piece"].format(piece=entry.piece, pieces=entry.pieces)
            label = f"{label}, {piece}"
        return _moment(entry, Place.TO_PROGRAM, Kind.DATA, label, entry.data, "recv")

    def _received(self, entry: tr.Received) -> Moment:
        return _moment(entry, Place.TO_REFERENCE, Kind.DATA, "", entry.data, "send")

    def _fin(self, entry: tr.EndOfStream) -> Moment:
        # When a program ends in an error, the system closes for it: no line of it does.
        call = "" if self.crashed else "close"
        return _moment(entry, Place.TO_REFERENCE, Kind.END, self._of("m_fin", entry), call=call)

    def _rst(self, entry: tr.ConnectionReset) -> Moment:
        udp = entry.connection in self.udp
        label = self.words["m_unreachable"] if udp else self._of("m_rst", entry)
        return _moment(entry, Place.TO_REFERENCE, Kind.CUT, label)

    def _closed(self, entry: tr.Closed) -> Moment | None:
        if entry.connection in self.udp:
            return None
        keys = {"half-close": "m_half_close", "reset": "m_reset"}
        kind = Kind.CUT if entry.how == "reset" else Kind.END
        key = keys.get(entry.how, "m_close")
        label = self._of(key, entry) if key == "m_half_close" else self.words[key]
        return _moment(entry, Place.TO_PROGRAM, kind, label)

    def _stdout(self, entry: tr.Stdout) -> Moment:
        label = self.words["m_stdout"]
        return _moment(entry, Place.AT_PROGRAM, Kind.SCREEN, label, entry.data, "print")

    def _stderr(self, entry: tr.Stderr) -> Moment:
        return _moment(
            entry, Place.AT_PROGRAM, Kind.ERROR, self.words["m_stderr"], short_paths(entry.data)
        )

    def _keyboard(self, entry: tr.Keyboard) -> Moment:
        if entry.data != b"\n":
            label = self.words["m_typed"]
            return _moment(entry, Place.AT_PROGRAM, Kind.NOTE, label, entry.data, "input")
        label = self.words["m_keyboard_guessed" if entry.guessed else "m_keyboard"]
        return _moment(entry, Place.AT_PROGRAM, Kind.NOTE, label)

    def _step(self, entry: tr.Step) -> Moment | None:
        if entry.status == "passed-over" and self._is_optional(entry.index):
            label = self.words["m_passed_over"].format(what=self._step_name(entry.index))
            return _moment(entry, Place.AT_REFERENCE, Kind.NOTE, label)
        if entry.status != "missed":
            return None
        label = self._missed(entry.index)
        return _moment(entry, Place.AT_REFERENCE, Kind.MISSED, label)

    def _is_optional(self, index: int) -> bool:
        """Of ways that were not taken nothing is told, nor of what came after all."""
        return (
            index not in self.done and 0 <= index < len(self.steps) and self.steps[index].optional
        )

    def _missed(self, index: int) -> str:
        """What did not come from the program, or could not be sent to it any more."""
        step = self.steps[index] if 0 <= index < len(self.steps) else None
        if step is not None and step.action is Action.SEND:
            label = self.words["m_unsent"].format(names=self.names.told(step.messages))
            return label + self._why_left_out(index)
        if step is not None and step.action is Action.SILENCE:
            return self.words["m_not_silent"]
        key = "m_misplaced" if index in self.out_of_turn else "m_missed"
        if step is not None and step.action in _OURS:
            key = "m_undone"
        return self.words[key].format(what=self._step_name(index))

    def _why_left_out(self, index: int) -> str:
        """What the reference lacked to say it; nothing where the program is why it was not sent."""
        reason = self.left_out.get(index)
        if reason is None:
            return ""
        if not reason.lacks:
            return self.words["m_unsent_of"].format(values=", ".join(reason.of))
        key = "m_unsent_lacks" if len(reason.lacks) == 1 else "m_unsent_lack"
        return self.words[key].format(values=", ".join(reason.lacks))

    def _step_name(self, index: int) -> str:
        if not 0 <= index < len(self.steps):
            return self.words["m_step"].format(n=index + 1)
        step = self.steps[index]
        key = f"a_{step.action}"
        names = self.names.told(step.messages)
        return self.words[key].format(names=names)

    def _exited(self, entry: tr.Exited) -> Moment:
        if entry.signal:
            label = self.words["m_signal"].format(signal=entry.signal)
        else:
            label = self.words["m_exited"].format(status=entry.status)
        return _moment(entry, Place.AT_PROGRAM, Kind.LIFE, label)

    def _killed(self, entry: tr.Killed) -> Moment:
        label = self.words.get(f"m_killed_{entry.why}", entry.why)
        return _moment(entry, Place.AT_PROGRAM, Kind.LIFE, label)

    def _limit(self, entry: tr.LimitReached) -> Moment:
        limit = self.words.get(f"limit_{entry.limit}", entry.limit)
        label = self.words["m_limit"].format(limit=limit, value=entry.value)
        return _moment(entry, Place.AT_PROGRAM, Kind.WAIT, label)

    def _loss(self, entry: tr.WireLoss) -> Moment:
        label = self.words["m_loss"].format(n=entry.frames)
        return _moment(entry, Place.BETWEEN, Kind.NOTE, label)


_FEW = 2
"""Connections that are told apart where bytes wait unread."""

_OURS = frozenset(
    (Action.HALF_CLOSE, Action.CLOSE, Action.RESET, Action.RESTART, Action.STOP_READING,
     Action.READ_AGAIN)
)  # fmt: skip
"""What the reference does, which no program sends."""
_TELLERS: Mapping[type[tr.AnyEntry], Callable[..., Moment | None]] = {
    tr.Started: Teller._started,
    tr.Compiled: Teller._compiled,
    tr.Listener: Teller._listener,
    tr.Connected: Teller._connected,
    tr.Refused: Teller._refused,
    tr.Dialed: Teller._dialed,
    tr.Sent: Teller._sent,
    tr.Received: Teller._received,
    tr.EndOfStream: Teller._fin,
    tr.ConnectionReset: Teller._rst,
    tr.Closed: Teller._closed,
    tr.Stdout: Teller._stdout,
    tr.Stderr: Teller._stderr,
    tr.Keyboard: Teller._keyboard,
    tr.Step: Teller._step,
    tr.Position: Teller._position,
    tr.Exited: Teller._exited,
    tr.Killed: Teller._killed,
    tr.LimitReached: Teller._limit,
    tr.WireLoss: Teller._loss,
}
"""`Consumed` and `Ended` have no row: the first is the silence after a message, the second
repeats what the rows before it say."""


_OPEN = ("established", "close-wait")


def _connection(entry: tr.AnyEntry) -> str:
    return entry.connection if isinstance(entry, tr.OnConnection) else ""


def _moment(
    entry: tr.AnyEntry, place: Place, kind: Kind, label: str, data: bytes = b"", call: str = ""
) -> Moment:
    return Moment(t=entry.t, place=place, kind=kind, label=label, data=data, call=call)


def _unready(entries: Sequence[tr.AnyEntry]) -> frozenset[int]:
    """On each connection the first message that was sent to a program not seen ready for it."""
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry, tr.Sent) and not entry.guaranteed:
            first.setdefault(entry.connection, index)
    return frozenset(first.values())


def _one_to_one(steps: Sequence[ReferenceStep]) -> bool:
    """Whether the script has as many steps as the scenario has lines, so that indices agree."""
    return all(len(s.messages) <= 1 or s.delivery.mode == "coalesced" for s in steps)


def _address(address: str, port: int) -> str:
    if not port:
        return address  # the name of a Unix-domain socket
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _where(entry: tr.Position, table: Mapping[str, str]) -> str:
    if not entry.frames:
        return ""
    return table["line"].format(line=entry.frames[0].line)
