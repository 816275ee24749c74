"""Lists of steps that scenarios share: `steps:` of lab.yaml, put in where a step says `use:`.

It is done on the tree, before anything is read: who reads, shows or proves a scenario sees the
steps as if they had been written out, each with its own place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Table

from grader.lab import values
from grader.lab.problems import Problems, meant, shown
from grader.lab.yamlfile import Entry, Mapping, Node, Scalar, Sequence

Shared = Table[str, Node]
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_USE, _AS = "use", "as"
_OF_NOBODY = (_AS, "type", "restart")
"""A step that has these says itself whose it is, or is nobody's."""


def read_shared(node: Node | None, problems: Problems) -> dict[str, Node]:
    """Read the section `steps:`; what stands in a list is read where it is used."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        values.wrong_kind(node, problems, "steps", "`name: [steps]` lines")
        return {}
    found: dict[str, Node] = {}
    for entry in node.entries:
        if not _NAME.fullmatch(entry.key):
            told = f"a list of steps is called by a-z, 0-9, '-' and '_', not {shown(entry.key)}"
            problems.add(entry.place, told)
        values.items(entry.value, problems, f"steps: {shown(entry.key)}")
        for place in _uses(entry.value):
            problems.add(place.place, "a list of steps uses no other: write one of them out")
        found[entry.key] = entry.value
    return found


def _uses(node: Node) -> Iterator[Node]:
    match node:
        case Sequence(items=items):
            for item in items:
                yield from _uses(item)
        case Mapping(entries=entries):
            for entry in entries:
                if entry.key == _USE:
                    yield node
                elif entry.key in ("repeat", "steps", "either"):
                    yield from _uses(entry.value)


def written_out(node: Node, shared: Shared, problems: Problems) -> Node:
    """The steps with those of `shared` in the place of each `use:`."""
    match node:
        case Sequence(place=place, items=items):
            every = (step for item in items for step in _one(item, shared, problems))
            return Sequence(place, tuple(every))
        case Mapping(place=place, entries=entries):
            return Mapping(
                place,
                tuple(
                    Entry(e.place, e.key, written_out(e.value, shared, problems)) for e in entries
                ),
            )
    return node


def _one(item: Node, shared: Shared, problems: Problems) -> Iterator[Node]:
    used = item.get(_USE) if isinstance(item, Mapping) else None
    if used is None or not isinstance(item, Mapping):
        yield written_out(item, shared, problems)
        return
    for entry in item.entries:
        if entry.key not in (_USE, _AS):
            problems.add(entry.place, f"only 'as' may stand beside 'use', not {shown(entry.key)}")
    name = values.text(used, problems, _USE)
    there = shared.get(name)
    if name and there is None:
        hint = meant(name, tuple(shared))
        problems.add(used.place, f"use: no {shown(name)} in `steps:` of lab.yaml{hint}")
    whose = next((entry for entry in item.entries if entry.key == _AS), None)
    for step in there.items if isinstance(there, Sequence) else ():
        yield step if whose is None else _of(step, whose)


def _of(step: Node, whose: Entry) -> Node:
    """The step as one of that connection, unless it says itself whose it is."""
    if isinstance(step, Scalar) and isinstance(step.value, str):
        bare = Entry(step.place, step.value, Scalar(step.place, None))
        step = Mapping(step.place, (bare,))
    if not isinstance(step, Mapping) or any(e.key in _OF_NOBODY for e in step.entries):
        return step
    if (repeat := step.get("repeat")) is not None and isinstance(repeat, Mapping):
        inside = tuple(
            Entry(e.place, e.key, Sequence(e.value.place, tuple(_of(s, whose) for s in
                                                                e.value.items)))
            if e.key == "steps" and isinstance(e.value, Sequence) else e
            for e in repeat.entries
        )  # fmt: skip
        entries = tuple(
            Entry(e.place, e.key, Mapping(repeat.place, inside)) if e.key == "repeat" else e
            for e in step.entries
        )
        return Mapping(step.place, entries)
    return Mapping(step.place, (*step.entries, whose))
