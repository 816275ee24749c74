"""Mutants that are wrong in how something is printed, or in the files that they leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.lab.model import ExpectFile, ExpectStdout
from grader.prove.asked import graded
from grader.prove.changes import Change, Made, Model, Names, Test, instead, mapped
from grader.prove.plan import Act, Exit, Path, Print, Rest, Write
from reference.templates import Template

# --- the screen --------------------------------------------------------------------------


def _expected(model: Model) -> Iterator[ExpectStdout]:
    for scenario in graded(model.lab, model.role):
        yield from (e for e in scenario.expect if isinstance(e, ExpectStdout))


def print_again(model: Model) -> Iterator[Made]:
    """Something is printed once more than it should be."""
    for name in dict.fromkeys(e.message for e in _expected(model) if e.times is not None):

        def again(act: Act, name: str = name) -> tuple[Act, ...]:
            if isinstance(act, Print) and act.messages == (name,):
                return (replace(act, times=act.times + 1),)
            return (act,)

        program = model.program.each(mapped(again))
        if program != model.program:
            what = f"prints {name} once more"
            yield Made(f"print-again:{name}", what, (f"stdout:{name}",), program)


def print_late(model: Model) -> Iterator[Made]:
    """What should be printed first is printed after what should follow it."""
    pairs = dict.fromkeys((e.after, e.message) for e in _expected(model) if e.after is not None)
    for first, then in pairs:
        if first == then or not {(first,), (then,)} <= {*model.prints}:
            continue

        def turned(path: Path, first: str = first, then: str = then) -> Path:
            at = {act.messages: i for i, act in enumerate(path) if isinstance(act, Print)}
            one, other = at.get((first,)), at.get((then,))
            if one is None or other is None or one > other:
                return path
            return (*path[:one], *path[one + 1 : other + 1], path[one], *path[other + 1 :])

        program = model.program.each(turned)
        if program != model.program:
            what = f"prints {first} only after {then}"
            yield Made(f"print-late:{first}", what, (f"stdout:{then}",), program)


def print_beside(model: Model) -> Iterator[Made]:
    """What should be a line of its own has other words beside it."""
    for name in dict.fromkeys(e.message for e in _expected(model) if e.how == "line"):
        if (name,) not in model.prints:
            continue

        def beside(act: Act, name: str = name) -> tuple[Act, ...]:
            if isinstance(act, Print) and act.messages == (name,):
                return (replace(act, beside=True),)
            return (act,)

        program = model.program.each(mapped(beside))
        what = f"prints other words beside {name}"
        yield Made(f"print-beside:{name}", what, (f"stdout:{name}",), program)


# --- files -------------------------------------------------------------------------------


def _files(model: Model) -> Iterator[ExpectFile]:
    for scenario in graded(model.lab, model.role):
        yield from (e for e in scenario.expect if isinstance(e, ExpectFile))


def _held(model: Model) -> Names:
    """Files of which something is asked for: of the others any content will do."""
    held = {e.name for e in _files(model) if e.message is not None}
    return tuple(name for name in model.files if name in held)


def no_file(model: Model) -> Iterator[Made]:
    """A file is not written."""
    for name in model.files:
        program = model.program.each(instead(_writes(name)))
        yield Made(f"no-file:{name}", f"does not write {name}", (f"file:{name}",), program)


def half_file(model: Model) -> Iterator[Made]:
    """Half of what belongs into a file is written."""
    for name in _held(model):
        program = model.program.each(_changed(name, half=True))
        yield Made(f"half-file:{name}", f"writes half of {name}", (f"file:{name}",), program)


def other_file(model: Model) -> Iterator[Made]:
    """A file has as many bytes as it should have, and others."""
    for name in _held(model):
        program = model.program.each(_changed(name, other=True))
        what = f"writes other bytes into {name}"
        yield Made(f"other-file:{name}", what, (f"file:{name}",), program)


def leaves_file(model: Model) -> Iterator[Made]:
    """A file is written that should not be there."""
    for name in sorted({e.name for e in _files(model) if e.absent and e.made is None}):
        left = Write(name=name, made=Template((b"?",)))
        program = model.program.each(lambda path, left=left: _left(path, left))  # type: ignore[misc]
        yield Made(f"leaves-file:{name}", f"writes {name}", (f"file-absent:{name}",), program)


def _left(path: Path, left: Act) -> Path:
    """The path with the file written at the end of what is asked for: nothing follows a rest."""
    at = next((i for i, act in enumerate(path) if isinstance(act, Rest | Exit)), len(path))
    return (*path[:at], left, *path[at:])


def _writes(name: str) -> Test:
    return lambda act: isinstance(act, Write) and act.name == name


def _changed(name: str, *, half: bool = False, other: bool = False) -> Change:
    def change(act: Act) -> tuple[Act, ...]:
        if isinstance(act, Write) and act.name == name:
            return (replace(act, half=half, other=other),)
        return (act,)

    return mapped(change)
