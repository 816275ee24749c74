"""The moments of one run, in order: what the sequence diagram and its table both show.

`moments` turns a transcript into a short list: bytes that came together are one moment,
steps that went well are not told again, and long exchanges are folded in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from grader import transcript as tr
from grader.lab.model import Action, ReferenceStep
from grader.view.bytes_view import Run, decoded, runs
from grader.view.calls import call_words
from grader.view.detail import FULL, Detail
from grader.view.student_words import page_words
from grader.view.words import byte_count, count, words

MOMENTS_SHOWN = 200
"""Moments of one run before some of the middle are left out."""

MOMENT_BYTES = FULL.moment
"""Bytes of one moment that are shown."""


class Place(StrEnum):
    """Where a moment is drawn."""

    TO_PROGRAM = "to-program"
    TO_REFERENCE = "to-reference"
    LOST = "lost"
    """An arrow of the program that reaches nobody."""
    REFUSED = "refused"
    """An arrow of the reference that is refused."""
    AT_PROGRAM = "at-program"
    AT_REFERENCE = "at-reference"
    BETWEEN = "between"


class Kind(StrEnum):
    """What a moment is, for its look."""

    LIFE = "life"
    NOTE = "note"
    CONNECT = "connect"
    DATA = "data"
    END = "end"
    CUT = "cut"
    SCREEN = "screen"
    ERROR = "error"
    WAIT = "wait"
    MISSED = "missed"
    FOLD = "fold"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One row: at `t` ns, a label in words, and the bytes that go with it."""

    t: int
    place: Place
    kind: Kind
    label: str
    data: bytes = b""
    parts: int = 1
    """How many transcript entries it gathers."""
    call: str = ""
    """The call of the program that makes it, as a program would write it: `recv`, `print`, ..."""
    frame: tr.Frame | None = None
    """Where the program was seen to stand."""
    entries: tuple[int, int] = (-1, -1)
    """The first and the last of its entries in the transcript."""
    detail: Detail = FULL
    """How much of its bytes is shown."""

    @property
    def shown(self) -> tuple[Run, ...]:
        """The bytes as text, as many as are shown, invisible characters escaped.

        Of stderr the end and in lines of their own, of everything else the beginning.
        """
        if self.kind is Kind.ERROR:
            text = decoded(self.data[-self.detail.error :].replace(b"\r\n", b"\n")).strip("\n")
            cut = runs(text, keep="\n")
            return (Run("…"), *cut) if self.cut else cut
        cut = runs(decoded(self.data[: self.detail.moment]))
        return (*cut, Run("…")) if self.cut else cut

    @property
    def cut(self) -> bool:
        """Whether it has more bytes than are shown."""
        most = self.detail.error if self.kind is Kind.ERROR else self.detail.moment
        return len(self.data) > most


def moments(
    transcript: tr.Transcript,
    language: str,
    steps: Sequence[ReferenceStep] = (),
    most: int = MOMENTS_SHOWN,
) -> tuple[Moment, ...]:
    """What happened, in order, as at most `most` moments.

    `steps` (of the scenario) name the steps that did not come.
    """
    return cut_short(all_moments(transcript, language, steps), language, most)


def all_moments(
    transcript: tr.Transcript, language: str, steps: Sequence[ReferenceStep] = ()
) -> tuple[Moment, ...]:
    """What happened, in order: what came together is one moment, and nothing is left out."""
    teller = _Teller(transcript, language, steps)
    told = ((i, teller.tell(i, entry)) for i, entry in enumerate(transcript.entries))
    return _gathered(((i, moment) for i, moment in told if moment is not None), language)


def each_moment(
    transcript: tr.Transcript, language: str, steps: Sequence[ReferenceStep] = ()
) -> Iterator[Moment]:
    """The moments as `moments` has them, each by itself: nothing gathered, nothing folded."""
    teller = _Teller(transcript, language, steps)
    for index, entry in enumerate(transcript.entries):
        moment = teller.tell(index, entry)
        if moment is not None:
            yield _labelled(moment, language)


class _Teller:
    """Puts one transcript's entries in words."""

    def __init__(
        self, transcript: tr.Transcript, language: str, steps: Sequence[ReferenceStep]
    ) -> None:
        self.language = language
        self.words = page_words(language)
        self.server = transcript.header.role == "server"
        self.entries = transcript.entries
        last = self.entries[-1] if self.entries else None
        self.crashed = isinstance(last, tr.Ended) and last.outcome != "completed"
        self.steps = steps if _one_to_one(steps) else ()
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
        return teller(self, entry) if teller else None

    def _state(self, index: int, entry: tr.State) -> Moment | None:
        if entry.why == "exit":
            return None
        if index != self.last_state and entry.why != "waiting":
            return None
        parts = [call_words(entry.calls, self.words)]
        frame = None
        if position := self.positions.get(index):
            parts.append(_where(position, self.words))
            frame = position.frames[0] if position.frames else None
        label = ", ".join(filter(None, parts))
        if not label:
            return None
        if unread := _unread(entry):
            size = byte_count(unread, self.language)
            label = f"{label}{self.words['m_unread'].format(size=size)}"
        return replace(_moment(entry, Place.AT_PROGRAM, Kind.WAIT, label), frame=frame)

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

    def _listener(self, entry: tr.Listener) -> Moment:
        udp = entry.protocol.startswith("udp")
        text = self.words["m_bound_udp" if udp else "m_listens"]
        where = _address(entry.address, entry.port)
        return _moment(
            entry, Place.AT_PROGRAM, Kind.NOTE, text.format(where=where),
            call="bind" if udp else "listen",
        )  # fmt: skip

    def _connected(self, entry: tr.Connected) -> Moment:
        place = Place.TO_PROGRAM if self.server else Place.TO_REFERENCE
        call = "accept" if self.server else "connect"
        return _moment(entry, place, Kind.CONNECT, self.words["m_connected"], call=call)

    def _refused(self, entry: tr.Refused) -> Moment:
        return _moment(entry, Place.REFUSED, Kind.CUT, self.words["m_refused"])

    def _dialed(self, entry: tr.Dialed) -> Moment:
        where = _address(entry.address, entry.port)
        label = self.words["m_dialed"].format(where=where, protocol=entry.protocol.upper())
        return _moment(entry, Place.LOST, Kind.CUT, label, call="connect")

    def _sent(self, entry: tr.Sent) -> Moment:
        key = "m_message" if len(entry.messages) == 1 else "m_messages"
        label = self.words[key].format(names=", ".join(entry.messages))
        if entry.pieces > 1:
            piece = self.words["m_piece"].format(piece=entry.piece, pieces=entry.pieces)
            label = f"{label}, {piece}"
        if not entry.guaranteed:
            label = f"{label} ({self.words['not_guaranteed']})"
        return _moment(entry, Place.TO_PROGRAM, Kind.DATA, label, entry.data, "recv")

    def _received(self, entry: tr.Received) -> Moment:
        return _moment(entry, Place.TO_REFERENCE, Kind.DATA, "", entry.data, "send")

    def _fin(self, entry: tr.EndOfStream) -> Moment:
        # When a program ends in an error, the system closes for it: no line of it does.
        call = "" if self.crashed else "close"
        return _moment(entry, Place.TO_REFERENCE, Kind.END, self.words["m_fin"], call=call)

    def _rst(self, entry: tr.ConnectionReset) -> Moment:
        return _moment(entry, Place.TO_REFERENCE, Kind.CUT, self.words["m_rst"])

    def _closed(self, entry: tr.Closed) -> Moment:
        keys = {"half-close": "m_half_close", "reset": "m_reset"}
        kind = Kind.CUT if entry.how == "reset" else Kind.END
        label = self.words[keys.get(entry.how, "m_close")]
        return _moment(entry, Place.TO_PROGRAM, kind, label)

    def _stdout(self, entry: tr.Stdout) -> Moment:
        label = self.words["m_stdout"]
        return _moment(entry, Place.AT_PROGRAM, Kind.SCREEN, label, entry.data, "print")

    def _stderr(self, entry: tr.Stderr) -> Moment:
        return _moment(entry, Place.AT_PROGRAM, Kind.ERROR, self.words["m_stderr"], entry.data)

    def _keyboard(self, entry: tr.Keyboard) -> Moment:
        return _moment(entry, Place.AT_PROGRAM, Kind.NOTE, self.words["m_keyboard"])

    def _step(self, entry: tr.Step) -> Moment | None:
        if entry.status != "missed":
            return None
        label = self._missed(entry.index)
        return _moment(entry, Place.AT_REFERENCE, Kind.MISSED, label)

    def _missed(self, index: int) -> str:
        """What did not come from the program, or could not be sent to it any more."""
        step = self.steps[index] if 0 <= index < len(self.steps) else None
        if step is not None and step.action is Action.SEND:
            return self.words["m_unsent"].format(names=", ".join(step.messages))
        return self.words["m_missed"].format(what=self._step_name(index))

    def _step_name(self, index: int) -> str:
        if not 0 <= index < len(self.steps):
            return self.words["m_step"].format(n=index + 1)
        step = self.steps[index]
        key = f"a_{step.action}"
        names = ", ".join(step.messages)
        if key in self.words:
            return self.words[key].format(names=names)
        return self.words["a_other"].format(action=Action(step.action).value)

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


_TELLERS: Mapping[type[tr.AnyEntry], Callable[..., Moment | None]] = {
    tr.Started: _Teller._started,
    tr.Listener: _Teller._listener,
    tr.Connected: _Teller._connected,
    tr.Refused: _Teller._refused,
    tr.Dialed: _Teller._dialed,
    tr.Sent: _Teller._sent,
    tr.Received: _Teller._received,
    tr.EndOfStream: _Teller._fin,
    tr.ConnectionReset: _Teller._rst,
    tr.Closed: _Teller._closed,
    tr.Stdout: _Teller._stdout,
    tr.Stderr: _Teller._stderr,
    tr.Keyboard: _Teller._keyboard,
    tr.Step: _Teller._step,
    tr.Position: _Teller._position,
    tr.Exited: _Teller._exited,
    tr.Killed: _Teller._killed,
    tr.LimitReached: _Teller._limit,
    tr.WireLoss: _Teller._loss,
}
"""`Consumed` and `Ended` have no row: the first is the silence after a message, the second
repeats what the rows before it say."""


def _moment(
    entry: tr.AnyEntry, place: Place, kind: Kind, label: str, data: bytes = b"", call: str = ""
) -> Moment:
    return Moment(t=entry.t, place=place, kind=kind, label=label, data=data, call=call)


def _unread(entry: tr.State) -> int:
    """Bytes that had come to the program's connections, and that it had not read."""
    # In other states the kernel counts the FIN as one byte more.
    return sum(s.receive_queue for s in entry.sockets if s.state == "established")


def _one_to_one(steps: Sequence[ReferenceStep]) -> bool:
    """Whether the script has as many steps as the scenario has lines, so that indices agree."""
    return all(len(s.messages) <= 1 or s.delivery.mode == "coalesced" for s in steps)


def _address(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _where(entry: tr.Position, table: Mapping[str, str]) -> str:
    if not entry.frames:
        return ""
    return table["line"].format(line=entry.frames[0].line)


def _gathered(told: Iterable[tuple[int, Moment]], language: str) -> tuple[Moment, ...]:
    """Neighbours that are one stream in one direction become one moment."""
    groups: list[list[tuple[int, Moment]]] = []
    for numbered in told:
        if groups and _continues(groups[-1][-1][1], numbered[1]):
            groups[-1].append(numbered)
        else:
            groups.append([numbered])
    return tuple(_labelled(_joined(group), language) for group in groups)


def _joined(group: Sequence[tuple[int, Moment]]) -> Moment:
    (begin, first), end = group[0], group[-1][0]
    if len(group) == 1:
        return replace(first, entries=(begin, end))
    data = b"".join(moment.data for _, moment in group)
    return replace(first, data=data, parts=len(group), entries=(begin, end))


def _continues(last: Moment, new: Moment) -> bool:
    stream = new.kind in (Kind.SCREEN, Kind.ERROR) or new.place is Place.TO_REFERENCE
    return stream and bool(new.data) and (last.kind, last.place) == (new.kind, new.place)


def _labelled(moment: Moment, language: str) -> Moment:
    """Bytes of the program carry no name: they are told by their number."""
    if moment.kind is not Kind.DATA or moment.place is not Place.TO_REFERENCE:
        return moment
    label = byte_count(len(moment.data), language)
    if moment.parts > 1:
        label = f"{label}, {words(language)['m_pieces'].format(n=moment.parts)}"
    return replace(moment, label=label)


def cut_short(told: tuple[Moment, ...], language: str, most: int) -> tuple[Moment, ...]:
    """At most `most` (5 or more): the middle of a long exchange becomes one row."""
    hidden = len(told) - most
    if hidden <= 0:
        return told
    tail = most // 4
    head = most - tail - 1
    fold = Moment(
        t=told[head].t,
        place=Place.BETWEEN,
        kind=Kind.FOLD,
        label=words(language)["m_hidden"].format(n=count(hidden + 1, language)),
        entries=(told[head].entries[0], told[head + hidden].entries[1]),
    )
    return (*told[:head], fold, *told[-tail:])


def same_time(rows: Sequence[Moment]) -> tuple[bool, ...]:
    """For each moment, whether it shares its tenth of a millisecond with the one before."""
    tenths = [m.t // 100_000 for m in rows]
    return (False, *(a == b for a, b in pairwise(tenths))) if tenths else ()
