"""Mutants that are wrong in where they listen or dial, how they close and how they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.lab.model import ExpectExit
from grader.prove.asked import graded
from grader.prove.changes import (
    Made,
    Model,
    before_last,
    closed_before,
    mapped,
    named,
    reads,
    sends,
)
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
    ReadEnd,
    Shut,
)

NOTHING = "does-nothing"
"""The mutant that may not earn a point."""


_SOME_PORT = 65432


def _is_by_name(model: Model) -> bool:
    """Whether it speaks over a Unix-domain socket."""
    acts = (act for path in model.program.paths for act in path)
    return any(isinstance(act, Listen | Connect) and not act.port for act in acts)


def wrong_port(model: Model) -> Iterator[Made]:
    """Another port than the lab's, or another name."""
    by_name = _is_by_name(model)

    def other(act: Act) -> Sequence[Act]:
        if by_name and isinstance(act, Listen | Connect):
            return (replace(act, host=f"other-{act.host}"),)
        if isinstance(act, Listen | Connect):
            return (replace(act, port=act.port + 1 if act.port < 65535 else act.port - 1),)
        return (act,)

    touches, verb = (
        (("listening",), "listens on") if model.role == "server" else (("connected",), "dials")
    )
    what = f"{verb} another {'socket' if by_name else 'port'}"
    yield Made("wrong-port", what, touches, model.program.each(mapped(other)))


def wrong_interface(model: Model) -> Iterator[Made]:
    """One interface, and not the one asked for."""

    def other(act: Act) -> Sequence[Act]:
        if isinstance(act, Listen):
            return (replace(act, host="127.0.0.2" if act.host == "127.0.0.1" else "127.0.0.1"),)
        return (act,)

    if model.role == "server":
        what = "listens on one interface, not the one asked for"
        yield Made("wrong-interface", what, ("bound",), model.program.each(mapped(other)))


def datagrams(model: Model) -> Iterator[Made]:
    """UDP instead of TCP, or TCP instead of UDP; a port instead of a name."""
    by_name = _is_by_name(model)

    def other(act: Act) -> Sequence[Act]:
        if isinstance(act, Listen | Connect) and by_name:
            return (replace(act, host="localhost", port=_SOME_PORT),)
        if isinstance(act, Listen | Connect):
            return (replace(act, datagrams=not act.datagrams),)
        return (act,)

    program = model.program.each(mapped(other))
    if by_name:
        yield Made(
            "port", "uses a port instead of a Unix-domain socket", model.everything(), program
        )
    elif model.datagrams:
        yield Made("stream", "uses TCP instead of UDP", model.everything(), program)
    else:
        yield Made("datagrams", "uses UDP instead of TCP", model.everything(), program)


def does_nothing(model: Model) -> Iterator[Made]:
    """A program that ends at once, with the right status."""
    program = model.program.each(lambda path: path[-1:])
    program = replace(program, paths=program.paths[:1])
    yield Made(NOTHING, "ends at once", model.everything(), program)


def close_before(model: Model) -> Iterator[Made]:
    """The connection is closed before a message."""
    tests = {send.messages: sends(send) for send in model.sends}
    tests |= {names: reads(names) for names in model.reads if names not in tests}
    for names, is_it in tests.items():
        name = named(names)
        touches = tuple(dict.fromkeys((*model.names_from(is_it), "end")))
        program = model.program.each(closed_before(is_it))
        yield Made(f"close-before:{name}", f"closes before {name}", touches, program)


def never_closes(model: Model) -> Iterator[Made]:
    """It closes only once its peer has."""
    program = model.program.each(_last_to_close)
    if program != model.program:
        yield Made("never-closes", "closes only after its peer has", ("end",), program)


def _last_to_close(path: Path) -> Path:
    acts: list[Act] = []
    ended = False
    for act in path:
        if isinstance(act, Accept | Connect | ReadEnd):
            ended = isinstance(act, ReadEnd)
        elif _ends(act) and not ended:
            acts.append(ReadEnd())
        acts.append(act)
    return tuple(acts)


def holds_on(model: Model) -> Iterator[Made]:
    """It never closes, and never ends."""

    def hang(act: Act) -> Sequence[Act]:
        return (Hang(), act) if _ends(act) else (act,)

    program = model.program.each(mapped(hang))
    if program != model.program:
        what = "waits for ever with its connection open"
        yield Made("holds-on", what, ("end", "exit"), program)


def _ends(act: Act) -> bool:
    """Whether the program ends the connection, as the first of the two."""
    return isinstance(act, Shut) or (isinstance(act, Close) and act.first)


def never_ends(model: Model) -> Iterator[Made]:
    """It never ends."""
    program = model.program.each(before_last(Hang()))
    yield Made("never-ends", "waits for ever when all is done", ("exit",), program)


def crash_at_end(model: Model) -> Iterator[Made]:
    """It ends by an exception."""
    program = model.program.each(before_last(Crash()))
    yield Made("crash-at-end", "crashes when all is done", ("exit",), program)


def wrong_status(model: Model) -> Iterator[Made]:
    """It ends with another exit status."""

    def other(act: Act) -> Sequence[Act]:
        return (
            (Exit(act.status + 1 if act.status < 255 else 1),) if isinstance(act, Exit) else (act,)
        )

    asked = [e.status for s in graded(model.lab, model.role) for e in s.expect
             if isinstance(e, ExpectExit)]  # fmt: skip
    if asked and not any(status is not None for status in asked):
        return
    program = model.program.each(mapped(other))
    yield Made("wrong-status", "ends with another exit status", ("exit",), program)
