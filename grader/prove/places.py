"""Where in a lab's files each thing stands that a scenario expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.lab.fields import STDOUT_KINDS
from grader.lab.labfile import LAB_FILE
from grader.lab.model import Lab, Level, Role, Scenario
from grader.lab.problems import Place, Problems
from grader.lab.shared import read_shared, written_out
from grader.lab.yamlfile import Mapping as Tree
from grader.lab.yamlfile import Node, Scalar, Sequence, parse


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that a graded scenario expects, and the criterion it proves.

    `name` is the `kind_of` its findings (`receive:greeting`, `end`, `stdout:hello`, `exit`, ...).
    """

    scenario: str
    role: Role
    name: str
    proves: str | None
    place: Place

    @property
    def in_expect(self) -> bool:
        """It stands under `expect:`: it is there for nothing but to be judged."""
        return self.name not in ("end", "silence") and not self.name.startswith("receive:")


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where things stand in the lab's files."""

    lines: tuple[Line, ...]
    steps: dict[str, Place]
    """The list `reference:` of each graded scenario."""
    criteria: dict[str, Place]

    def proving(self, criterion: str) -> tuple[Line, ...]:
        """The lines that give evidence for the criterion."""
        return tuple(line for line in self.lines if line.proves == criterion)


def places_of(lab: Lab, files: Mapping[str, bytes], where: Path | None = None) -> Places:
    """Find the places in the files that `lab` was loaded from (so they hold no error)."""

    def tree(name: str) -> Node:
        called = str(where / name) if where else name
        return parse(called, files[name], Problems())

    graded = [s for s in lab.scenarios if s.level is Level.GRADED]
    top = tree(LAB_FILE)
    given = top.get("steps") if isinstance(top, Tree) else None
    shared = read_shared(given, Problems())
    trees = {s.id: written_out(tree(f"{s.id}.yaml"), shared, Problems()) for s in graded}
    criteria = _at(top, "criteria")
    entries = criteria.entries if isinstance(criteria, Tree) else ()
    return Places(
        lines=tuple(line for s in graded for line in _lines(s, trees[s.id])),
        steps={s.id: _at(trees[s.id], "reference").place for s in graded},
        criteria={entry.key: entry.place for entry in entries},
    )


def _at(node: Node, key: str) -> Node:
    found = node.get(key) if isinstance(node, Tree) else None
    return node if found is None else found


def _lines(scenario: Scenario, tree: Node) -> Iterator[Line]:
    (role,) = scenario.roles  # a graded scenario tests one
    for name, node in (*_received(_at(tree, "reference")), *_expected(_at(tree, "expect"))):
        proves = _word(node, "proves")
        if _word(node, "level") == "advice":
            continue
        for own in _in_rounds(name, scenario):
            yield Line(scenario=scenario.id, role=role, name=own, proves=proves, place=node.place)


def _in_rounds(name: str, scenario: Scenario) -> list[str]:
    """The name, or those that it has in the rounds of a `repeat`."""
    kind, sign, message = name.partition(":")
    own = [f"{kind}{sign}{m.name}" for m in scenario.messages.values() if m.round_of == message]
    return own if message and own else [name]


def kind_of(expectation: str) -> str:
    """What a finding is about, whatever connection it is of; what is dropped was received."""
    what, _, rest = expectation.partition(":")
    if what in ("receive", "drop"):
        return f"receive:{rest.partition(':')[0]}"
    return what if what in ("end", "silence") else expectation


def _received(steps: Node) -> Iterator[tuple[str, Node]]:
    for node in steps.items if isinstance(steps, Sequence) else ():
        if not isinstance(node, Tree):
            continue
        if (repeat := node.get("repeat")) is not None:
            yield from _received(_at(repeat, "steps"))
        for way in each.items if isinstance(each := node.get("either"), Sequence) else ():
            yield from _received(way)
        if _word(node, "optional") == "True":
            continue  # it is not judged
        if isinstance(beside := node.get("together"), Tree):
            for entry in beside.entries:
                yield from _received(entry.value)
        if message := _word(node, "receive") or _word(node, "drop"):
            yield ("end" if message == "end" else f"receive:{message}"), node
        if _word(node, "silence"):
            yield "silence", node


def _expected(expect: Node) -> Iterator[tuple[str, Node]]:
    for entry in expect.entries if isinstance(expect, Tree) else ():
        if entry.key == "stdout" and isinstance(entry.value, Sequence):
            yield from ((_printed(item), item) for item in entry.value.items)
        elif entry.key == "files" and isinstance(entry.value, Sequence):
            yield from ((_file(item), item) for item in entry.value.items)
        elif entry.key in ("exit", "listening", "bound", "connected"):
            yield entry.key, entry.value


def _printed(item: Node) -> str:
    kind = next((key for key in STDOUT_KINDS if _word(item, key)), "contains")
    return f"{'stdout-absent' if kind == 'absent' else 'stdout'}:{_word(item, kind)}"


def _file(item: Node) -> str:
    absent = item.get("absent") if isinstance(item, Tree) else None
    gone = isinstance(absent, Scalar) and absent.value is True
    return f"{'file-absent' if gone else 'file'}:{_word(item, 'name')}"


def _word(node: Node, key: str) -> str | None:
    found = node.get(key) if isinstance(node, Tree) else None
    return str(found.value) if isinstance(found, Scalar) else None
