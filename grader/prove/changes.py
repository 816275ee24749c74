"""What mutants are made with: a model student looked at, and changes of its paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.lab.model import Lab, Role
from grader.prove.plan import (
    Act,
    Close,
    Path,
    Print,
    Program,
    Read,
    Say,
    Send,
    Shut,
    Write,
)

Names = tuple[str, ...]
Change = Callable[[Path], Path]
Test = Callable[[Act], bool]


@dataclass(frozen=True)
class Made:
    """A mutant: its id, what it does, the findings it touches, and itself."""

    id: str
    what: str
    touches: Names
    program: Program


class Model:
    """A model student, and what is in its paths."""

    def __init__(self, lab: Lab, role: Role, program: Program) -> None:
        self.lab = lab
        self.role = role
        self.program = program
        self.acts = tuple(act for path in program.paths for act in path)
        self.is_made = any(getattr(act, "made", None) is not None for act in self.acts)
        self.datagrams = any(getattr(act, "datagrams", False) for act in self.acts)
        sends = {a.messages: a for a in self.acts if isinstance(a, Send) and not a.optional}
        self.sends = tuple(sends.values())
        self.reads = tuple(dict.fromkeys(a.messages for a in self.acts if isinstance(a, Read)))
        self.files = tuple(dict.fromkeys(a.name for a in self.acts if isinstance(a, Write)))
        self.prints = tuple(dict.fromkeys(a.messages for a in self.acts if isinstance(a, Print)))

    def names_from(self, wanted: Test) -> Names:
        """Names of what comes from the first such act of each path on."""
        names: dict[str, None] = {}
        for path in self.program.paths:
            at = next((i for i, act in enumerate(path) if wanted(act)), len(path))
            names |= dict.fromkeys(name for act in path[at:] for name in touched(act))
        return tuple(names)

    def is_made_print(self, names: Names) -> bool:
        """Whether what is printed there is made of values."""
        return any(prints(names)(a) and isinstance(a, Print) and a.made for a in self.acts)

    def everything(self) -> Names:
        """Names of all that is expected of the program."""
        where = ("listening", "bound") if self.role == "server" else ("connected",)
        return (*where, *self.names_from(lambda _: True), "exit")


def touched(act: Act) -> Names:
    """Names of the findings that an act answers for."""
    match act:
        case Send(optional=True):
            return ()
        case Send():
            return tuple(f"receive:{name}" for name in act.messages)
        case Print():
            return tuple(f"stdout:{name}" for name in act.messages)
        case Write():
            return (f"file:{act.name}",)
        case Close(first=True) | Shut():
            return ("end",)
    return ()


def named(names: Names) -> str:
    """Several messages as one word."""
    return "+".join(names)


# --- which acts --------------------------------------------------------------------------


def sends(send: Send) -> Test:
    """Whether an act sends the same messages."""
    return lambda act: isinstance(act, Send) and act.messages == send.messages


def reads(names: Names) -> Test:
    """Whether an act reads these messages."""
    return lambda act: isinstance(act, Read) and act.messages == names


def prints(names: Names) -> Test:
    """Whether an act prints these messages."""
    return lambda act: isinstance(act, Print) and act.messages == names


def is_shown(act: Act) -> bool:
    """Whether an act prints something."""
    return isinstance(act, Print | Say)


# --- changes -----------------------------------------------------------------------------


def instead(old: Test, *new: Act) -> Change:
    """Every act that is `old` is replaced, by nothing if nothing is given."""
    return lambda path: tuple(x for act in path for x in (new if old(act) else (act,)))


def mapped(change: Callable[[Act], Sequence[Act]]) -> Change:
    """Every act is replaced by what `change` makes of it."""
    return lambda path: tuple(x for act in path for x in change(act))


def before_last(*new: Act) -> Change:
    """Acts put before the last one, the exit."""
    return lambda path: (*path[:-1], *new, *path[-1:])


def swapped(one: Send, other: Send) -> Change:
    """Two sends, each in the other's place."""
    turned = {one: other, other: one}

    def change(path: Path) -> Path:
        if one not in path or other not in path:
            return path
        return tuple(turned.get(act, act) if isinstance(act, Send) else act for act in path)

    return change


def earlier(send: Send) -> Change:
    """A send put before the read that it should have waited for, if there is one."""
    return lambda path: _past_read(path, send, -1)


def later(send: Send) -> Change:
    """A send put behind the read that follows it, if there is one."""
    return lambda path: _past_read(path, send, 1)


def _past_read(path: Path, send: Send, way: int) -> Path:
    for here, act in enumerate(path):
        there = here + way
        while 0 <= there < len(path) and is_shown(path[there]):
            there += way
        if act == send and 0 <= there < len(path) and isinstance(path[there], Read):
            rest = (*path[:here], *path[here + 1 :])
            return (*rest[:there], send, *rest[there:])
    return path


def closed_before(wanted: Test) -> Change:
    """The connection closed, and the end, where such an act should have come."""

    def change(path: Path) -> Path:
        at = next((i for i, act in enumerate(path) if wanted(act)), None)
        return path if at is None else (*path[:at], Close(first=True), *path[-1:])

    return change
