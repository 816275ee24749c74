"""YAML with its traps disarmed, as a tree that knows the line and column of everything.

The only importer of yaml. It reads the parser's *events*, not objects: nothing is ever
constructed, so tags have nothing to call, and nesting costs no recursion. Only `true`,
`false`, `null`, whole and decimal numbers are more than text: `no`, `on`, `12:30`, `010`,
`1_000`, `1e3` and dates stay text. Duplicate keys, tags, anchors, aliases and merge keys
are refused. (The traps: YAML 1.1 as PyYAML reads it; alias and merge-key bombs.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import yaml

from grader.lab.problems import Place, Problems, shown

MAX_BYTES = 256 * 1024
"""A lab's file is read to this size; a bigger one is refused."""
MAX_DEPTH = 20
"""Nesting of lists and mappings."""
MAX_DIGITS = 15
"""Digits of a number: more is a mistake, and huge integers are an attack."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
# What the parser says, and what an author of labs most often did.
_COMMON_CAUSES = (
    ("mapping values are not allowed", "a text with ': ' in it needs quotes, or a >- block"),
    ("cannot start any token", "indent with blanks, not tabs; a text that begins so needs quotes"),
    ("escape character", "in double quotes a backslash is special; use single quotes"),
    ("expected key", "look at the indentation, and for a missing quote"),
)

Value = str | int | Fraction | bool | None


@dataclass(frozen=True)
class Node:
    """Something in a YAML file, and where it begins."""

    place: Place


@dataclass(frozen=True)
class Broken(Node):
    """Stands for what was refused, so that it is reported once and not again by its readers."""


@dataclass(frozen=True)
class Scalar(Node):
    """A single value."""

    value: Value


@dataclass(frozen=True)
class Sequence(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Entry:
    """One `key: value` of a mapping; `place` is the key's."""

    place: Place
    key: str
    value: Node


@dataclass(frozen=True)
class Mapping(Node):
    """`key: value` pairs in the order of the file; no key stands twice."""

    entries: tuple[Entry, ...]

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None."""
        return next((entry.value for entry in self.entries if entry.key == key), None)


def parse(file: str, data: bytes, problems: Problems, max_bytes: int = MAX_BYTES) -> Node:
    """The one document of a YAML file.

    What is wrong goes to `problems`, under the name `file`; what can't be read is `Broken`.
    """
    start = Place(file, 1, 1)
    if len(data) > max_bytes:
        problems.add(start, f"the file is larger than {max_bytes // 1024} KiB")
        return Broken(start)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problems.add(Place(file, line, column), "this byte is not UTF-8; save the file as UTF-8")
        return Broken(start)
    return _Builder(file, problems).build(text)


_NESTING = "maximum nesting depth"
"""What newer libyaml says of brackets that it counts far ahead of the events that it gives: the
reader in Python comes to the place that is ours to name."""


class _TooDeepError(Exception):
    """Nesting beyond `MAX_DEPTH`: reading stops."""


class _Mark(Protocol):
    """A position, from 0, as both of yaml's readers give it."""

    line: int
    column: int


class _Open:
    """A list or mapping whose end hasn't been read yet."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.nodes: list[Node] = []
        """The items; of a mapping, key and value in turn."""


class _Builder:
    """Turns parser events into nodes, with a stack of its own instead of recursion."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0

    def build(self, text: str, loader: type[yaml.SafeLoader] | None = None) -> Node:
        before = len(self._problems)
        try:
            for event in yaml.parse(text, Loader=loader or _LOADER):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            if loader is None and _NESTING in str(error.problem):
                return _Builder(self._file, self._problems).build(text, yaml.SafeLoader)
            mark = error.problem_mark or error.context_mark
            self._problems.add(self._place(mark), _unreadable(str(error.problem)))
        except yaml.reader.ReaderError as error:
            self._problems.add(
                _place_of_unprintable(self._file, text), f"not readable as YAML: {error.reason}"
            )
        except _TooDeepError:
            pass
        if len(self._problems) > before and (self._stack or self._root is None):
            return Broken(Place(self._file, 1, 1))
        if self._root is None:
            self._problems.add(Place(self._file, 1, 1), "the file is empty")
            return Broken(Place(self._file, 1, 1))
        return self._root

    def _place(self, mark: _Mark | None) -> Place:
        if mark is None:
            return Place(self._file, 1, 1)
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _take(self, event: yaml.Event) -> None:
        place = self._place(event.start_mark)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents == 2:
                    self._problems.add(place, "a second document ('---'): one file, one document")
            case yaml.AliasEvent():
                self._problems.add(place, f"the alias *{event.anchor}: write the value out")
                self._put(Broken(place))
            case yaml.ScalarEvent():
                self._put(self._scalar(event, place))
            case yaml.CollectionStartEvent():
                self._refuse_decoration(event, place)
                if len(self._stack) >= MAX_DEPTH:
                    self._problems.add(place, f"nested deeper than {MAX_DEPTH} levels")
                    raise _TooDeepError
                self._stack.append(_Open(place))
            case yaml.SequenceEndEvent():
                done = self._stack.pop()
                self._put(Sequence(done.place, tuple(done.nodes)))
            case yaml.MappingEndEvent():
                self._put(self._mapping(self._stack.pop()))

    def _put(self, node: Node) -> None:
        if self._stack:
            self._stack[-1].nodes.append(node)
        elif self._root is None:
            self._root = node

    def _refuse_decoration(self, event: yaml.NodeEvent, place: Place) -> bool:
        """Anchors and tags are told, and the reading goes on; True if there was any."""
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._problems.add(place, f"the tag {shown(tag)}: a lab needs no tags, leave it out")
        if event.anchor is not None:
            self._problems.add(place, f"the anchor &{event.anchor}: write the value where needed")
        return tag is not None or event.anchor is not None

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Node:
        if self._refuse_decoration(event, place):
            return Broken(place)
        text: str = event.value
        if not event.implicit[0]:  # quoted, or a block: text, whatever it looks like
            return Scalar(place, text)
        if text in _WORDS:
            return Scalar(place, _WORDS[text])
        whole, decimal = _WHOLE.fullmatch(text), _DECIMAL.fullmatch(text)
        if (whole or decimal) and sum(map(str.isdigit, text)) > MAX_DIGITS:
            self._problems.add(place, f"a number of more than {MAX_DIGITS} digits")
            return Broken(place)
        if whole:
            return Scalar(place, int(text))
        return Scalar(place, Fraction(text) if decimal else text)

    def _mapping(self, done: _Open) -> Mapping:
        entries: dict[str, Entry] = {}
        for key, value in zip(done.nodes[::2], done.nodes[1::2], strict=True):
            if isinstance(key, Broken):
                continue
            if not isinstance(key, Scalar) or not isinstance(key.value, str):
                self._problems.add(key.place, "a key must be a word")
            elif key.value == "<<":
                self._problems.add(key.place, "the merge key '<<': write the entries out")
            elif first := entries.get(key.value):
                self._problems.add(
                    key.place,
                    f"the key {shown(key.value)} stands twice, first in line {first.place.line}",
                )
            else:
                entries[key.value] = Entry(key.place, key.value, value)
        return Mapping(done.place, tuple(entries.values()))


def _unreadable(problem: str) -> str:
    for symptom, cause in _COMMON_CAUSES:
        if symptom in problem:
            return f"not readable as YAML: {problem} ({cause})"
    return f"not readable as YAML: {problem}"


# Not in YAML's set of printable characters; the C reader tells no usable position.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def _place_of_unprintable(file: str, text: str) -> Place:
    found = _UNPRINTABLE.search(text)
    at = found.start() if found else 0
    return Place(file, text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1)
