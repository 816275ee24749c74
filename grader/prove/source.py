"""From a plan to the text of a program: `student.py` with the plan written into it."""

from __future__ import annotations

from dataclasses import asdict, astuple
from functools import cache
from importlib import resources

from grader.prove.forms import Form
from grader.prove.plan import (
    Accept,
    Act,
    Close,
    Connect,
    Crash,
    Exit,
    Hang,
    Listen,
    Nothing,
    On,
    Path,
    Pause,
    Print,
    Program,
    Read,
    ReadEnd,
    Rest,
    Say,
    Send,
    Shut,
    Write,
    joined,
)
from reference.framing import Framing
from reference.templates import Name, Template, Term

_EMPTY = "PLAN: dict[str, Any] = {}\n"
Op = list[object]


def source_of(program: Program) -> bytes:
    """The program as a file of Python that needs nothing but the standard library.

    Programs that do the same have the same text.
    """
    paths = [_ops(path) for path in joined(program.paths)]
    plan: dict[str, object] = {"paths": paths, "style": asdict(program.style)}
    if any(_is_made(act) for path in program.paths for act in path):
        plan["library"] = _library()
    # Text that is ASCII can be read whatever the encoding of the place where it runs.
    before, after = _template().split(_EMPTY)
    return f"{before}PLAN: dict[str, Any] = {plan!a}\n{after}".encode()


def _is_made(act: Act) -> bool:
    made = isinstance(act, Write) or (isinstance(act, Send | Print) and act.made is not None)
    return made or (isinstance(act, Read) and act.form is not None)


@cache
def _library() -> dict[str, str]:
    """What the program brings along.

    The reference's own modules say what a message is, one of ours how to attend to several.
    """
    found = {name: _text("reference", name) for name in ("templates", "framing", "patterns")}
    return found | {"attention": _text("grader.prove", "attention")}


def _framing(framing: Framing | None) -> list[object] | None:
    return None if framing is None else [type(framing).__name__, *astuple(framing)]


def _term(term: Term) -> object:
    match term:
        case bytes():
            return term
        case Name(name=name):
            return name
    return [term.function, *map(_term, term.of)]


@cache
def _template() -> str:
    return _text("grader.prove", "student")


def _text(package: str, name: str) -> str:
    text = resources.files(package).joinpath(f"{name}.py").read_text("utf-8")
    return text.replace("\r\n", "\n")


def _ops(path: Path) -> list[Op]:
    """The path for the program: what is read goes into numbered slots."""
    slots: dict[str, int] = {}
    count = 0
    ops: list[Op] = []
    for act in path:
        match act:
            case Read(form=Form() as form):
                takes = list(form.takes)
                ops.append(["take", form.pattern, takes, _framing(form.framing), act.amount])
            case Print(made=Template() as made):
                what = [_term(part) for part in made.parts]
                ops.append(["tell", what, act.times, act.to_stderr, act.half, act.beside])
            case Write(name=name, made=made):
                what = [_term(part) for part in made.parts]
                called = [_term(p) for p in act.called.parts] if act.called else name
                ops.append(["write", called, what, act.half, act.other])
            case Send(made=Template() as made):
                what = [_term(part) for part in made.parts]
                ops.append(["make", what, _framing(act.framing), act.spoiled])
            case Read():
                slots |= dict.fromkeys(act.messages, count)
                ops.append(["read", count, act.amount, act.known])
                count += 1
            case Print():
                # What was not read can't be printed.
                for slot in dict.fromkeys(slots[m] for m in act.messages if m in slots):
                    said: Op = ["print", slot, act.to_stderr, act.half, act.beside]
                    ops += [said] * act.times
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
        case On():
            return ["on", act.name]
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
        case Nothing():
            return ["nothing", act.seconds]
        case Pause():
            return ["pause", act.seconds]
        case Rest():
            return ["rest"]
        case Hang():
            return ["hang"]
        case Crash():
            return ["crash"]
        case Exit():
            return ["exit", act.status]
    raise TypeError(act)
