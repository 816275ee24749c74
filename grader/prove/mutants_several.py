"""Mutants that are wrong in how they attend to several clients, or to nobody who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from grader.lab.model import Action
from grader.prove.asked import graded
from grader.prove.changes import Change, Made, Model, Names, mapped, touched
from grader.prove.plan import (
    Accept,
    Act,
    Close,
    Exit,
    Nothing,
    On,
    Path,
    Print,
    Read,
    ReadEnd,
    Rest,
    Send,
)
from reference.templates import Name, Term

_MANY = 2
"""Clients that a server attends to which has room for few."""


def one_by_one(model: Model) -> Iterator[Made]:
    """A client is served to its end before the next one."""
    if model.program.style.attentive and not model.datagrams:
        yield _changed(model, "one-by-one", "serves one client after another", _in_line)


def few(model: Model) -> Iterator[Made]:
    """There is room for two clients."""
    if model.program.style.attentive and not model.datagrams:
        yield _changed(model, "few", f"takes {_MANY} clients and no more", _first_ones)


def to_all(model: Model) -> Iterator[Made]:
    """What is for one goes to everybody."""
    if model.program.style.attentive:
        made = _changed(model, "to-all", "sends what is for one client to all of them", _widely)
        yield replace(made, touches=("silence", *made.touches))


def to_another(model: Model) -> Iterator[Made]:
    """What is for one goes to another."""
    if model.program.style.attentive:
        last, first = "sends all to who came last", "sends all to who came first"
        yield _changed(model, "to-last", last, lambda path: _always_to(path, -1))
        yield _changed(model, "to-first", first, lambda path: _always_to(path, 0))


def ends_with_one(model: Model) -> Iterator[Made]:
    """The server ends when a client has left."""
    if model.program.style.attentive and not model.datagrams:
        touches = _after(model, Close)
        program = model.program.each(_until_one_left)
        yield Made("ends-with-one", "ends when a client leaves", touches, program)


def brittle(model: Model) -> Iterator[Made]:
    """A reset ends it."""
    scenarios = graded(model.lab, model.role)
    resets = any(s.action is Action.RESET for each in scenarios for s in each.steps[:-1])
    if model.program.style.attentive and resets:
        program = replace(model.program, style=replace(model.program.style, brittle=True))
        yield Made("brittle", "ends by an exception when a connection is reset",
                   _after(model, ReadEnd), program)  # fmt: skip


def ignores_again(model: Model) -> Iterator[Made]:
    """A datagram that comes twice is answered once."""
    if model.program.style.attentive and model.datagrams:
        yield _changed(model, "ignores-again", "answers what comes twice only once", _once)


def waits_for_ever(model: Model) -> Iterator[Made]:
    """No time limit: it never asks again."""
    what = "waits for an answer for ever"
    return _waiting(model, "waits-for-ever", what, lambda _: None)


def waits_long(model: Model) -> Iterator[Made]:
    """Far too long a time limit."""
    steps = [step for s in graded(model.lab, model.role) for step in s.steps]
    if model.datagrams and any(step.within is not None for step in steps):
        what = "waits far too long for an answer"
        yield from _waiting(model, "waits-long", what, lambda usual: 4 * usual + 2)


def gives_up(model: Model) -> Iterator[Made]:
    """The first answer that does not come is the last."""

    def change(path: Path) -> Path:
        at = next((i for i, act in enumerate(path) if isinstance(act, Nothing)), None)
        return path if at is None else (*path[: at + 1], Exit(1))

    program = model.program.each(change)
    if model.datagrams and program != model.program:
        touches = _after(model, Nothing)
        yield Made("gives-up", "ends when no answer comes", touches, program)


# --- changes -----------------------------------------------------------------------------


def _waiting(
    model: Model, name: str, what: str, limit: Callable[[float], float | None]
) -> Iterator[Made]:
    def other(act: Act) -> Sequence[Act]:
        if isinstance(act, Nothing) and act.seconds is not None:
            return (Nothing(limit(act.seconds)),)
        return (act,)

    program = model.program.each(mapped(other))
    if model.datagrams and program != model.program:
        yield Made(name, what, _after(model, Nothing), program)


def _changed(model: Model, name: str, what: str, change: Change) -> Made:
    program = model.program.each(change)
    touches = dict.fromkeys(n for act in model.acts if isinstance(act, Send) for n in touched(act))
    return Made(name, what, tuple(touches), program)


def _after(model: Model, kind: type[Act]) -> Names:
    return model.names_from(lambda act: isinstance(act, kind))


def _numbered(path: Path) -> Iterator[tuple[str, Act]]:
    """Each act with whose turn it is; those before the first client and behind all have none."""
    on = ""
    for act in path:
        if isinstance(act, On):
            on = act.name
        elif isinstance(act, Rest | Exit):
            on = ""
        yield on, act


def _known(path: Sequence[Act]) -> Iterator[Act]:
    """The acts, but those that would say what was never read."""
    names: set[str] = set()
    for act in path:
        if isinstance(act, Read) and act.form is not None:
            names |= {*act.form.takes}
        made = act.made if isinstance(act, Send | Print) else None
        if made is None or made.names <= names:
            yield act


def _renumbered(path: Sequence[Act]) -> Path:
    """The acts with their values numbered as they are read now: equal ones are equal again."""
    new: dict[str, Term] = {}
    acts: list[Act] = []
    reads = 0
    for act in path:
        if isinstance(act, Read) and act.form is not None:
            name, *groups = act.form.takes
            takes = {name: f"v{reads}"}
            takes |= {one: f"v{reads}_{i}" for i, one in enumerate(groups)}
            reads += 1
            new |= {one: Name(other) for one, other in takes.items()}
            pattern = act.form.pattern
            for one, other in takes.items():
                pattern = pattern.replace(f"(?P<{one}>", f"(?P<{other}>")
            form = replace(act.form, takes=tuple(takes.values()), pattern=pattern)
            acts.append(replace(act, form=form))
        elif isinstance(act, Send | Print) and act.made is not None:
            acts.append(replace(act, made=act.made.with_names(new)))
        else:
            acts.append(act)
    return tuple(acts)


def _in_line(path: Path) -> Path:
    groups: dict[str, list[Act]] = {}
    for on, act in _numbered(path):
        groups.setdefault(on, []).append(act)
    outside = groups.pop("", [])
    head = [act for act in outside if not isinstance(act, Rest | Exit)]
    served: list[Act] = []
    for on, acts in groups.items():
        served += _with_turns(on, acts)
        if not any(isinstance(act, Close) for act in acts):
            served += [On(on), ReadEnd(), Close(first=True)]
    tail = (act for act in outside if isinstance(act, Rest | Exit))
    return _renumbered((*head, *_known(served), *tail))


def _with_turns(on: str, acts: Sequence[Act]) -> Iterator[Act]:
    for act in acts:
        if isinstance(act, Accept | Read | ReadEnd):
            yield On(on)
        if not isinstance(act, On):
            yield act


def _first_ones(path: Path) -> Path:
    there = [act for on, act in _numbered(path) if not on or int(on) <= _MANY]
    return _renumbered([*_known(there)])


def _widely(path: Path) -> Path:
    acts: list[Act] = []
    there: dict[str, None] = {}
    for on, act in _numbered(path):
        acts.append(act)
        if isinstance(act, Accept | Read):
            there[on] = None
        elif isinstance(act, Close):
            there.pop(on, None)
        elif isinstance(act, Send):
            for other in [name for name in there if name != on]:
                acts += [On(other), act, On(on)]
    return tuple(acts)


def _always_to(path: Path, which: int) -> Path:
    acts: list[Act] = []
    there: dict[str, None] = {}
    for on, act in _numbered(path):
        if isinstance(act, Accept | Read):
            there[on] = None
        elif isinstance(act, Close):
            there.pop(on, None)
        elif isinstance(act, Send) and there and (other := list(there)[which]) != on:
            acts += [On(other), act, On(on)]
            continue
        acts.append(act)
    return tuple(acts)


def _until_one_left(path: Path) -> Path:
    at = next((i for i, act in enumerate(path) if isinstance(act, Close)), None)
    return path if at is None else (*path[: at + 1], path[-1])


def _once(path: Path) -> Path:
    """What a client says again is answered by nothing."""
    acts: list[Act] = []
    said: set[tuple[str, Names]] = set()
    again = False
    for on, act in _numbered(path):
        if isinstance(act, Read):
            again = (on, act.messages) in said
            said.add((on, act.messages))
        if not (again and isinstance(act, Send)):
            acts.append(act)
    return tuple(acts)
