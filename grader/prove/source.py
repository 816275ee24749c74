"""From a plan to the text of a program: `student.py` with the plan written into it."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib import resources

from grader.prove.plan import (
    Accept,
    Act,
    Close,
    Connect,
    Crash,
    Exit,
    Hang,
    Listen,
    Path,
    Print,
    Program,
    Read,
    ReadEnd,
    Say,
    Send,
    Shut,
    joined,
)

_EMPTY = "PLAN: dict[str, Any] = {}\n"
Op = list[object]


def source_of(program: Program) -> bytes:
    """The program as a file of Python that needs nothing but the standard library.

    Programs that do the same have the same text.
    """
    paths = [_ops(path) for path in joined(program.paths)]
    plan = {"paths": paths, "style": asdict(program.style)}
    # Text that is ASCII can be read whatever the encoding of the place where it runs.
    before, after = _template().split(_EMPTY)
    return f"{before}PLAN: dict[str, Any] = {plan!a}\n{after}".encode()


@cache
def _template() -> str:
    text = resources.files("grader.prove").joinpath("student.py").read_text("utf-8")
    return text.replace("\r\n", "\n")


def _ops(path: Path) -> list[Op]:
    """The path for the program: what is read goes into numbered slots."""
    slots: dict[str, int] = {}
    count = 0
    ops: list[Op] = []
    for act in path:
        match act:
            case Read():
                slots |= dict.fromkeys(act.messages, count)
                ops.append(["read", count, act.amount, act.known])
                count += 1
            case Print():
                # What was not read can't be printed.
                for slot in dict.fromkeys(slots[m] for m in act.messages if m in slots):
                    ops.append(["print", slot, act.to_stderr, act.half])
            case Send():
                echo = slots.get(act.messages[0]) if act.echo else None
                ops.append(["send", act.text] if echo is None else ["echo", echo])
            case _:
                ops.append(_plain(act))
    return ops


def _plain(act: Act) -> Op:
    match act:
        case Listen():
            return ["listen", act.host, act.port, act.datagrams]
        case Connect():
            return ["connect", act.host, act.port, act.datagrams]
        case Accept():
            return ["accept"]
        case ReadEnd():
            return ["read-end"]
        case Say():
            return ["say", act.text]
        case Shut():
            return ["shut"]
        case Close():
            return ["close"]
        case Hang():
            return ["hang"]
        case Crash():
            return ["crash"]
        case Exit():
            return ["exit", act.status]
    raise TypeError(act)
