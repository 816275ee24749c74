"""The transcript: all that happened in one run, in order, on one clock.

It is written by `grader.run` and read by everything that judges or draws. A saved
transcript is all that a verdict needs: `<run>.jsonl` holds a `Header` line, then one
line for each entry, then an `Ended` line.

`t` is nanoseconds since the program was started (exec). Bytes stay bytes (base64 in JSON).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

SCHEMA_VERSION = 1
SAME_CAUSE = "same cause as the first run"
SAME_CAUSE_WHOLE = "same cause as the graded run"
UNPLAYED = ("skipped", "not_run")
"""Outcomes of runs that were not played."""
"""What `Ended.problem` says of runs that were not needed; pages have their own words for it."""


class Header(msgspec.Struct, frozen=True, kw_only=True, tag="header"):
    """What was played, with what, where."""

    run: str
    """Scenario id, `scenario~2` for a repeat, `scenario~trace` where calls were traced."""
    scenario: str
    role: str
    """`server` or `client`: the program under test. `both`: one with the other, no reference."""
    program: str
    """The program's path inside the submission, `serveur.py`; of both, the server's."""
    texts: dict[str, str]
    """The messages of this run as they were (to be) sent or expected, by name."""
    port: int
    delivery: str
    seed: str
    isolation: str
    facts: str
    """`kernel`, or `paced` where nothing could be read: deliveries are not guaranteed."""
    interpreter: str
    started: str
    """UTC, ISO 8601."""
    partner: str = ""
    """Of both, the client's path."""
    schema_version: int = SCHEMA_VERSION


class Entry(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=str.lower, omit_defaults=True
):
    """Something that happened `t` ns after the program was started."""

    t: int
    side: str = ""
    """In a run of role `both`: whose it is, `server` or `client`; empty: of the run."""


class Started(Entry, frozen=True, kw_only=True):
    """The program was started; `number` is 2 for a restart within the run."""

    number: int = 1
    warm: bool = False
    """Its interpreter was waiting, and had imported with what the program begins."""


class Compiled(Entry, frozen=True, kw_only=True):
    """The program was built, or could not be: then there is no `Started`."""

    command: tuple[str, ...]
    status: int
    """The compiler's; not 0: there is no program."""
    output: bytes
    """What the compiler said, its beginning."""
    took: int = 0
    """Nanoseconds; a build is shared by all runs."""
    limit: str = ""
    """The limit that the build met, as in `LimitReached`, or `artifacts`: it left too many files;
    empty: none."""
    value: str = ""


class Listener(Entry, frozen=True, kw_only=True):
    """The program was seen to listen (TCP) or to be bound (UDP)."""

    protocol: str
    """`tcp`, `tcp6`, `udp`, `udp6`. A dual-stack socket on `::` is `tcp6` with `v6only` false.

    `unix`: `address` is the name, told from the program's folder (`@...`: an abstract one), and
    `port` is 0.
    """
    address: str
    port: int
    backlog: int = 0
    v6only: bool = False
    assumed: bool = False
    """It answered on this port; its address could not be seen."""


class OnConnection(Entry, frozen=True, kw_only=True):
    """Something that happened on one connection of the reference."""

    connection: str = ""
    """Its name in the scenario; empty where it has none: it is the only one."""


class Connected(OnConnection, frozen=True, kw_only=True):
    """Reference and program are connected; (host, port) pairs."""

    local: tuple[str, int]
    remote: tuple[str, int]
    protocol: str = "tcp"
    """`udp`: the reference has a socket that sends there, or has had a datagram from there.

    `unix`: the pairs are (name, 0); who dialled has the empty name.
    """


class Refused(OnConnection, frozen=True, kw_only=True):
    """The reference's connect() did not succeed."""

    reason: str


class Dialed(Entry, frozen=True, kw_only=True):
    """The program tried to reach a port where nothing listens (seen on the wire).

    `unix`: a name that its text speaks of, and at which it found the reference afterwards.
    """

    protocol: str
    address: str
    port: int


class Sent(OnConnection, frozen=True, kw_only=True):
    """The reference sent `data`; `messages` are the names of the texts in it.

    A message in pieces gives several entries with the same `messages`; `piece` counts from 1.
    """

    data: bytes
    messages: tuple[str, ...]
    piece: int = 1
    pieces: int = 1
    guaranteed: bool = True


class Received(OnConnection, frozen=True, kw_only=True):
    """The reference received `data`."""

    data: bytes


class EndOfStream(OnConnection, frozen=True, kw_only=True):
    """The program's FIN arrived."""


class ConnectionReset(OnConnection, frozen=True, kw_only=True):
    """The program's RST arrived."""


class Closed(OnConnection, frozen=True, kw_only=True):
    """The reference ended the connection: `close`, `half-close` or `reset`."""

    how: str


class Consumed(OnConnection, frozen=True, kw_only=True):
    """The program has read everything sent so far, `total` bytes in all."""

    total: int


class Stdout(Entry, frozen=True, kw_only=True):
    """The program wrote to its terminal."""

    data: bytes


class Stderr(Entry, frozen=True, kw_only=True):
    """The program wrote to standard error."""

    data: bytes


class Keyboard(Entry, frozen=True, kw_only=True):
    """The program waited for the keyboard and was given `data`: Enter, or what the lab types."""

    data: bytes
    guessed: bool = False
    """It was quiet, and may have waited for something else: nobody could see."""


class Step(Entry, frozen=True, kw_only=True):
    """Step `index` of the script began, was done or was missed; see `reference.commands.Note`."""

    index: int
    status: str
    reason: str


class Call(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one thread of the program is doing."""

    pid: int
    tid: int
    name: str
    """The system call (`recvfrom`, `accept4`, `read`, ...), or `running`."""
    fd: int | None = None
    target: str = ""
    """What `fd` is: `connection`, `listener`, `keyboard`, `socket`, `pipe`, `file`, or empty."""
    size: int | None = None
    """Bytes asked for, where the call has such an argument."""
    limited: bool = False
    """The call has a time limit of its own."""
    connection: str = ""
    """The name of the reference's connection behind `fd`, where it has one."""


class Socket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the socket table: the program's socket."""

    protocol: str
    state: str
    """`listen`, `established`, `close-wait`, `fin-wait-2`, ... ; UDP: `bound`."""
    local: tuple[str, int]
    remote: tuple[str, int]
    receive_queue: int
    """Bytes not yet read; for a listener, connections not yet accepted."""
    send_queue: int
    """Bytes not yet acknowledged; for a listener, its backlog."""
    connection: str = ""
    """The name of the reference's connection that this is the other end of, where it has one."""
    accepted: bool = True
    """False: the connection is made, and waits in the listener's queue for an accept()."""


class State(Entry, frozen=True, kw_only=True):
    """The whole state, frozen: every thread's call, every socket.

    `why` is `waiting` (proved), `limit`, `deadline` or `exit`.
    """

    why: str
    calls: tuple[Call, ...]
    sockets: tuple[Socket, ...]


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of a stack, inside the submission."""

    file: str
    line: int
    function: str


class Position(Entry, frozen=True, kw_only=True):
    """Where the program stood: innermost frame first, the submission's only.

    When we ended it; or when it was proved stuck in a step, right after that `State`.
    """

    frames: tuple[Frame, ...]


class Exited(Entry, frozen=True, kw_only=True):
    """The program ended by itself: `status` or `signal`, never both."""

    status: int | None = None
    signal: str | None = None


class Killed(Entry, frozen=True, kw_only=True):
    """We ended the program: because it was `stuck`, at a `limit`, `finished`, or `interrupted`."""

    why: str


class LimitReached(Entry, frozen=True, kw_only=True):
    """A limit struck, `value` with its unit.

    `wall`, `cpu`, `memory`, `processes`, `files`, `file_size`, `disk`, `output`, `wire` or
    `connections`: see `grader/run/strikes.py`.
    """

    limit: str
    value: str


class LeftFile(Entry, frozen=True, kw_only=True):
    """What the program has left in a file that the lab asks for, when the run ended."""

    name: str
    """As the lab names it, below the program's folder."""
    kind: str
    """`file`, `absent`, `link` (it is one, or behind one), `other` (a folder, a pipe, ...), or
    `unreadable`."""
    size: int = 0
    data: bytes = b""
    """Its beginning."""
    digest: str = ""
    """SHA-256 of all of it, hexadecimal; empty where it is longer than any message."""


class Segment(Entry, frozen=True, kw_only=True):
    """In a run of role `both`, or one that was traced: what `side` put on the wire, as captured.

    `kind` is `connected` (the client's call was answered), `refused` (nothing listened there),
    `data`, `fin` or `rst`. What was sent once more is not told again.
    """

    kind: str
    connection: int
    """Connections count from 1, in the order of their first segments."""
    port: int
    """The port that was called."""
    data: bytes = b""


class WireLoss(Entry, frozen=True, kw_only=True):
    """The capture lost `frames` frames; no verdict depends on them."""

    frames: int


class SystemCall(Entry, frozen=True, kw_only=True):
    """A call of the program on a socket, in a run that was traced; `t` is when it began.

    It comes from a tracer that looks on from outside. Nothing is judged by it.
    """

    pid: int
    """The thread, as the host numbers it."""
    name: str
    """As the kernel calls it: `recvfrom`, `accept4`, `sendto`, ..."""
    fd: int | None = None
    """Of `socket` and `accept` the one they gave is in `result`."""
    protocol: str = ""
    """`tcp`, `tcp6`, `udp`, `udp6`, `unix`; empty where it is not known, or no such socket."""
    address: tuple[str, int] | None = None
    """That of the arguments: bound, dialled, sent to, received from, accepted."""
    argument: str = ""
    """What else a reader wants to know: an option, a backlog, a direction, flags, a limit in ms."""
    size: int | None = None
    """Bytes asked for, or to be sent."""
    result: int | None = None
    """What it returned: bytes, a descriptor, 0, or -1; None where it never returned."""
    error: str = ""
    """`ECONNREFUSED`, ... where it failed."""
    took: int | None = None
    """Nanoseconds from its begin to its return; of several, to the return of the last."""
    times: int = 1
    """So many equal calls in a row, each of which found nothing."""


class CallsCut(Entry, frozen=True, kw_only=True):
    """From here on calls of the program are not kept: there were more than `kept`."""

    kept: int


class Ended(Entry, frozen=True, kw_only=True):
    """The last entry: how the run ended.

    `outcome`: `completed`, `stuck`, `crashed`, `timeout`, `limit`, `skipped` or `not_run`.
    """

    outcome: str
    limit: str | None = None
    status: int | None = None
    signal: str | None = None
    cpu: int = 0
    """Nanoseconds of CPU of the program, all threads."""
    problem: str = ""
    """For `not_run` and `skipped`: the reason, in one sentence."""


AnyEntry = (
    Started | Compiled | Listener | Connected | Refused | Dialed | Sent | Received | EndOfStream
    | ConnectionReset | Closed | Consumed | Stdout | Stderr | Keyboard | Step | State
    | Position | Exited | Killed | LimitReached | LeftFile | Segment | WireLoss | SystemCall
    | CallsCut | Ended
)  # fmt: skip


class Recorded(Protocol):
    """A transcript, wherever it lies: in memory, or on the disk until it is read.

    What judges and shows holds many of these, and reads one at a time.
    """

    @property
    def header(self) -> Header:
        """Its first line."""
        ...

    @property
    def end(self) -> Ended:
        """Its last line."""
        ...

    def read(self) -> Transcript:
        """All of it."""
        ...


class Transcript(msgspec.Struct, frozen=True):
    """A header and the entries, in order; the last one is `Ended`."""

    header: Header
    entries: tuple[AnyEntry, ...]

    def read(self) -> Transcript:
        """Itself: it is in memory already."""
        return self

    @property
    def end(self) -> Ended:
        """How the run ended.

        Raises:
            ValueError: the transcript is cut short.
        """
        if self.entries and isinstance(last := self.entries[-1], Ended):
            return last
        raise ValueError("the transcript has no end")

    @property
    def stdout(self) -> bytes:
        """All that the program wrote to its terminal."""
        return b"".join(e.data for e in self.entries if isinstance(e, Stdout))

    @property
    def stderr(self) -> bytes:
        """All that the program wrote to standard error."""
        return b"".join(e.data for e in self.entries if isinstance(e, Stderr))


_encoder = msgspec.json.Encoder()
_header_decoder = msgspec.json.Decoder(Header)
_entry_decoder = msgspec.json.Decoder(AnyEntry)


def dump(transcript: Transcript) -> bytes:
    """The transcript as JSON lines."""
    return _encoder.encode_lines([transcript.header, *transcript.entries])


def load(data: bytes) -> Transcript:
    """Read what `dump` wrote.

    Raises:
        ValueError: it is not a whole transcript (msgspec's errors are ValueErrors).
    """
    lines = data.splitlines()
    if not lines:
        raise ValueError("the transcript is empty")
    try:
        return of(_header_decoder.decode(lines[0]), (_entry_decoder.decode(x) for x in lines[1:]))
    except RecursionError as error:  # somebody wrote into it
        raise ValueError("the transcript is nested too deeply") from error


def of(header: Header, entries: Iterable[AnyEntry]) -> Transcript:
    """A transcript of these entries, which must have an end."""
    made = Transcript(header, tuple(entries))
    _ = made.end
    return made
