"""Right variants: the model student in other words, which may not cost a point.

Each is something that Wiregrade, or the lab's tolerance, promises to be free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from grader.lab.model import Accents, ExpectStdout, Lab, Role
from grader.lab.ways import count as count_ways
from grader.letters import without_accents
from grader.prove.asked import UnservableError, graded
from grader.prove.case import Case, Skipped
from grader.prove.model_student import model_student
from grader.prove.mutants_exchange import ENCODINGS
from grader.prove.plan import (
    Accept,
    Act,
    Connect,
    Listen,
    Path,
    Print,
    Program,
    Read,
    Say,
    Send,
    Style,
)
from grader.prove.source import source_of

_NO_SEND = "it sends nothing"
_NO_PRINT = "nothing is to be printed"
_ALONE = "something has to be a line of its own"
_WHOLE = "a datagram comes and goes as a whole"


@dataclass(frozen=True)
class _Variant:
    """A variant, or why there is none (`program` is None)."""

    id: str
    what: str
    program: Program | None
    none: str = ""


def variants(lab: Lab, role: Role, model: Program) -> tuple[list[Case], list[Skipped]]:
    """All right variants of the model student."""
    cases: list[Case] = []
    skipped: list[Skipped] = []
    before = source_of(model)
    for one in (
        *_styles(model, _is_alone(lab, role)),
        *_ways(lab, role, model),
        *_sendings(lab, model),
        *_encodings(lab, model),
    ):
        if one.program is None:
            skipped.append(Skipped(id=one.id, role=role, kind="right", why=one.none))
        elif source_of(one.program) == before:
            why = "the model student does so"
            skipped.append(Skipped(id=one.id, role=role, kind="right", why=why))
        else:
            cases.append(
                Case(id=one.id, role=role, kind="right", what=one.what, program=one.program)
            )
    return cases, skipped


def _is_alone(lab: Lab, role: Role) -> bool:
    """Whether something has to be a line of its own on the screen."""
    return any(
        isinstance(e, ExpectStdout) and e.how == "line"
        for scenario in graded(lab, role)
        for e in scenario.expect
    )


def _styles(model: Program, alone: bool) -> Iterator[_Variant]:
    def styled(style: Style, *needs: type[Act], none: str = "") -> tuple[Program | None, str]:
        acts = [act for path in model.paths for act in path]
        there = not needs or any(isinstance(act, needs) for act in acts)
        return (replace(model, style=style) if there else None), none

    def shown(style: Style, *needs: type[Act]) -> tuple[Program | None, str]:
        return (None, _ALONE) if alone else styled(style, *needs, none=_NO_PRINT)

    own = model.style
    datagrams = any(
        isinstance(act, Listen | Connect) and act.datagrams for path in model.paths for act in path
    )
    at_its_end = styled(replace(own, leave_open=True))
    if any(sum(isinstance(act, Accept) for act in path) > 1 for path in model.paths):
        at_its_end = None, "it serves one client after another"
    for name, what, (program, none) in (
        ("more-lines", "prints other lines, too",
         shown(replace(own, show="among others"), Print, Say)),
        ("one-line", "prints all on one line", shown(replace(own, show="one line"), Print, Say)),
        ("bytes-form", "prints the form b'...'", shown(replace(own, show="bytes"), Print)),
        ("two-pieces", "sends each message in two pieces",
         (None, _WHOLE) if datagrams else
         styled(replace(own, pieces=True), Send, none=_NO_SEND)),
        ("byte-by-byte", "reads byte by byte",
         (None, _WHOLE) if datagrams else
         styled(replace(own, byte_by_byte=True), Read, none="it reads nothing")),
        ("time-limit", "sets a time limit of 60 s on its sockets",
         styled(replace(own, time_limit=True))),
        ("thread", "talks in a thread of its own", styled(replace(own, thread=True))),
        ("shutdown", "calls shutdown() before close()",
         styled(replace(own, shut_before_close=True))),
        ("no-close", "leaves closing to its end", at_its_end),
        ("reuse-address", "sets SO_REUSEADDR",
         styled(replace(own, reuse_address=True), Listen, none="a client binds no port")),
    ):  # fmt: skip
        yield _Variant(name, what, program, none)


def _ways(lab: Lab, role: Role, model: Program) -> Iterator[_Variant]:
    """What the lab itself lets a program do otherwise."""
    bare = model.each(
        lambda path: tuple(a for a in path if not (isinstance(a, Send) and a.optional))
    )
    if bare != model:
        yield _Variant("leaves-out", "sends nothing that may be left out", bare)
    ways = max(count_ways(scenario.steps) for scenario in graded(lab, role))
    for way in range(1, ways):
        name = f"other-way:{way + 1}"
        what = f"goes way {way + 1} wherever there are several"
        try:
            yield _Variant(name, what, model_student(lab, role, way))
        except UnservableError as error:
            yield _Variant(name, what, None, str(error))


def _sendings(lab: Lab, model: Program) -> Iterator[_Variant]:
    ended = _worded(model, lambda text: text + "\r\n")
    yield _Variant("line-ends", "sends a line end after each message", ended, _NO_SEND)
    joined = model.each(_coalesced)
    none = "no two sends follow each other"
    yield _Variant("one-send", "sends what follows each other at once",
                   joined if joined != model else None, none)  # fmt: skip
    if lab.tolerance.accents is Accents.OPTIONAL:
        plain, none = _worded(model, without_accents), "it sends no accents"
    else:
        plain, none = None, "the lab requires accents"
    yield _Variant("no-accents", "sends no accents", plain, none)


def _encodings(lab: Lab, model: Program) -> Iterator[_Variant]:
    for encoding, shown in ENCODINGS.items():
        made = replace(model, style=replace(model.style, encoding=encoding))
        allowed = encoding in lab.tolerance.encodings
        none = "the lab does not allow it"
        yield _Variant(encoding, f"sends and prints {shown}", made if allowed else None, none)


def _worded(model: Program, words: Callable[[str], str]) -> Program | None:
    def change(path: Path) -> Path:
        return tuple(
            replace(act, text=words(act.text)) if isinstance(act, Send) else act for act in path
        )

    made = model.each(change)
    return made if made != model else None


def _coalesced(path: Path) -> Path:
    """Sends that follow each other, as one."""
    acts: list[Act] = []
    for act in path:
        last = acts[-1] if acts else None
        if isinstance(act, Send) and isinstance(last, Send) and _is_text(act) and _is_text(last):
            messages = (*last.messages, *act.messages)
            acts[-1] = Send(messages=messages, text=last.text + act.text)
        else:
            acts.append(act)
    return tuple(acts)


def _is_text(send: Send) -> bool:
    return not send.echo and send.made is None
