"""What a made-up student's program does: one list of acts for each way an exchange may go.

A program that serves several scenarios has a path for each. Wherever two of them differ,
something that the program has read before tells which one it is in (`agree`), or, of one that
attends to several connections, whose turn it is: there each wait is a turn, `On` and then it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from grader.prove.forms import Form
from reference.framing import Framing
from reference.templates import Template

UNTIL_END = -1
"""`Read.amount`: up to the end of the connection."""
ONE_READ = 0
"""`Read.amount`: what one recv() returns."""


@dataclass(frozen=True, kw_only=True)
class Listen:
    """A socket bound to `host` ('' is every interface) and `port`; TCP ones listen.

    With port 0 a Unix-domain socket that is called `host`.
    """

    host: str
    port: int
    datagrams: bool = False


@dataclass(frozen=True)
class On:
    """Go on with the connection of that name, be it there already or not."""

    name: str


@dataclass(frozen=True)
class Accept:
    """Take one client."""


@dataclass(frozen=True, kw_only=True)
class Connect:
    """Dial the server; with port 0 the Unix-domain socket that is called `host`."""

    host: str
    port: int
    datagrams: bool = False


@dataclass(frozen=True, kw_only=True)
class Send:
    """Send `text`; `echo` sends what was read for these messages instead."""

    messages: tuple[str, ...]
    text: str
    echo: bool = False
    made: Template | None = None
    """Of what is no plain text: what it says, in values that it has read; `text` is empty."""
    framing: Framing | None = None
    spoiled: Literal["", "other", "short", "unframed", "order", "length"] = ""
    """What is wrong with it."""
    optional: bool = False
    """The lab lets it be left out."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Read `messages`: `amount` bytes, `ONE_READ` or `UNTIL_END`.

    `known` is the text in this path's scenario, if it is the statement's.
    """

    messages: tuple[str, ...]
    amount: int = ONE_READ
    known: str | None = None
    form: Form | None = None
    """Of what is no plain text: how it is read and what is taken out of it."""


@dataclass(frozen=True)
class ReadEnd:
    """Read until the peer has closed; a reset is an end, too."""


@dataclass(frozen=True, kw_only=True)
class Print:
    """Print what was read for `messages`; `half` leaves the rest of it out."""

    messages: tuple[str, ...]
    to_stderr: bool = False
    half: bool = False
    beside: bool = False
    """Other words stand on the same line."""
    made: Template | None = None
    """What it prints, in values that it has read, where that is not just what it read."""
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Write:
    """Leave a file `name` in the program's folder.

    `half` leaves the rest of it out, `other` writes other bytes.
    """

    name: str
    made: Template
    called: Template | None = None
    """What the name is made of, in values that it has read."""
    half: bool = False
    other: bool = False


@dataclass(frozen=True)
class Say:
    """Print words of one's own."""

    text: str


@dataclass(frozen=True)
class Shut:
    """End the own side of the connection and go on reading."""


@dataclass(frozen=True, kw_only=True)
class Close:
    """Close the connection; `first`: the scenario wants the program to be the first."""

    first: bool


@dataclass(frozen=True)
class Nothing:
    """Wait for so many seconds, and nothing comes; for ever if that is None."""

    seconds: float | None


@dataclass(frozen=True)
class Pause:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Rest:
    """All that is asked for is done: whatever still comes is taken, without end."""


@dataclass(frozen=True)
class Hang:
    """Never go on: wait for another client, or for nobody."""


@dataclass(frozen=True)
class Crash:
    """Raise an exception."""


@dataclass(frozen=True)
class Exit:
    """End with `status`."""

    status: int


Act = (
    Listen | On | Accept | Connect | Send | Read | ReadEnd | Print | Say | Shut | Close | Nothing
    | Pause | Rest | Hang | Crash | Exit | Write
)  # fmt: skip
Path = tuple[Act, ...]


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a program does what it does; nothing of this may change a verdict."""

    encoding: str = "utf-8"
    show: Literal["plain", "among others", "bytes", "one line"] = "plain"
    pieces: bool = False
    """Send each message in two pieces."""
    byte_by_byte: bool = False
    time_limit: bool = False
    """Sockets have a (long) time limit."""
    thread: bool = False
    """The exchange is in a thread of its own."""
    shut_before_close: bool = False
    leave_open: bool = False
    """Leave closing to the end of the program."""
    reuse_address: bool = False
    patient: bool = False
    """Try a refused connection again."""
    attentive: bool = False
    """Attend to several connections at once: whoever has something to say comes next."""
    brittle: bool = False
    """End by the exception where a connection is reset: no style, a mistake."""
    impatient: float = 0.0
    """End where nothing comes for so many seconds: a mistake, too. 0: wait without a limit."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A made-up student's program: paths, one of which fits, and a style."""

    paths: tuple[Path, ...]
    style: Style = Style()

    def each(self, change: Callable[[Path], Path]) -> Program:
        """The program with every path changed, those that became equal only once."""
        return replace(self, paths=tuple(dict.fromkeys(change(path) for path in self.paths)))


def agree(paths: Sequence[Path]) -> tuple[int, int] | None:
    """Whether one program can take the right one of these paths.

    None if so, else two paths (by number) that nothing tells apart where they part.
    """
    return _agree([(number, path) for number, path in enumerate(paths)], 0)


def _agree(paths: list[tuple[int, Path]], at: int) -> tuple[int, int] | None:
    while len(paths) > 1:
        number, first = paths[0]
        acts = [_unnamed(path[at]) if at < len(path) else None for _, path in paths]
        busy = [pair for pair, act in zip(paths, acts, strict=True) if not isinstance(act, Rest)]
        if len(busy) < len(paths) and all(_is_turn(path, at) for _, path in busy):
            paths = busy  # what comes after the end of a scenario is asked for by nobody
            continue
        turns = {_turn(path, at) for _, path in paths}
        if len(turns) > 1 and None not in turns:
            return _agree_in_turn(paths, at)
        reads = [act for act in acts if isinstance(act, Read | ReadEnd | Nothing)]
        if reads and len(reads) == len(acts):
            return _agree_after_read(paths, at)
        other = next((n for (n, _), act in zip(paths, acts, strict=True) if act != acts[0]), None)
        if other is not None:
            return number, other
        if at >= len(first):
            return None
        at += 1
    return None


def _is_turn(path: Path, at: int) -> bool:
    return _turn(path, at) is not None


def _turn(path: Path, at: int) -> tuple[str, bool] | None:
    """Whose turn it is there, and whether it is to come first; None where nothing is awaited."""
    match path[at : at + 2]:
        case (On(name=name), Accept()):
            return name, True
        case (On(name=name), Read() | ReadEnd()):
            return name, False
    return None


def _agree_in_turn(paths: list[tuple[int, Path]], at: int) -> tuple[int, int] | None:
    groups: dict[object, list[tuple[int, Path]]] = {}
    for number, path in paths:
        groups.setdefault(_turn(path, at), []).append((number, path))
    found = (_agree(group, at + 1) for group in groups.values())
    return next((pair for pair in found if pair is not None), None)


def _agree_after_read(paths: list[tuple[int, Path]], at: int) -> tuple[int, int] | None:
    groups: dict[object, list[tuple[int, Path]]] = {}
    amounts: dict[object, int] = {}
    limits: dict[object, int] = {}
    for number, path in paths:
        act = path[at]
        if isinstance(act, Read):
            framing = act.form.framing if act.form is not None else None
            amounts.setdefault((act.amount, framing), number)
        if isinstance(act, Nothing):
            limits.setdefault(act.seconds, number)
        groups.setdefault(_seen(act), []).append((number, path))
    for different in (amounts, limits):
        if len(different) > 1:
            one, other = list(different.values())[:2]
            return one, other
    found = (_agree(group, at + 1) for group in groups.values())
    return next((pair for pair in found if pair is not None), None)


def _seen(act: Act) -> object:
    """What tells a read from another: the end, nothing, a known text, or any other text."""
    if isinstance(act, Nothing):
        return "nothing"
    if isinstance(act, Read) and act.form is not None:
        return "form", act.form.pattern
    return ("text", act.known) if isinstance(act, Read) else "end"


def _unnamed(act: Act) -> Act:
    """What is done, whatever the lab calls the messages."""
    if isinstance(act, Send) and act.optional:
        act = replace(act, optional=False)
    if isinstance(act, Send | Print) and act.made is not None:
        return replace(act, messages=())
    if isinstance(act, Close):
        return Close(first=True)
    return act


def without_known(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths without texts to tell them apart, equal ones once."""
    return tuple(
        dict.fromkeys(
            tuple(replace(act, known=None) if isinstance(act, Read) else act for act in path)
            for path in paths
        )
    )


def joined(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The paths of one program, as few as will do: equal ones, whatever is read, are one."""
    plain = without_known(paths)
    return plain if len(plain) == 1 else tuple(dict.fromkeys(paths))
