"""Typed reading of YAML nodes: each function returns a value of the right kind, always.

What is wrong goes to `problems`, and the value is then a stand-in: a lab with problems is
thrown away (`grader.lab.load`), so a stand-in is never used and reading goes on to the next
problem. A `Broken` node has been reported already.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from fractions import Fraction

from grader.lab.model import Text
from grader.lab.problems import Problems, meant, shown
from grader.lab.yamlfile import Broken, Mapping, Node, Scalar, Sequence

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_SIZE = re.compile(r"([1-9][0-9]{0,8}) ?(KiB|MiB|GiB)")
_UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
# What YAML 1.1 took for true and false; a person may still mean it.
_FLAGS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


class Fields:
    """The entries of one mapping, by name; unknown keys are told when it is made."""

    def __init__(self, node: Node, problems: Problems, what: str, known: Collection[str]) -> None:
        self.place = node.place
        self.keys: tuple[str, ...] = ()
        self._values: dict[str, Node] = {}
        self._problems = problems
        self._what = what
        self._broken = not isinstance(node, Mapping)
        if not isinstance(node, Mapping):
            wrong_kind(node, problems, what, f"`key: value` lines ({', '.join(known)})")
            return
        for entry in node.entries:
            if entry.key in known:
                self._values[entry.key] = entry.value
            else:
                problems.add(
                    entry.place, f"{what}: unknown key {shown(entry.key)}{meant(entry.key, known)}"
                )
        self.keys = tuple(self._values)

    def get(self, key: str) -> Node | None:
        """What stands at `key`, or None."""
        return self._values.get(key)

    def need(self, key: str) -> Node:
        """What stands at `key`; its lack is a problem."""
        if node := self._values.get(key):
            return node
        if not self._broken:
            self._problems.add(self.place, f"{self._what}: '{key}' is missing")
        return Broken(self.place)


def describe(node: Node) -> str:
    """What a node is, for an error message."""
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "`key: value` lines"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool(flag)):
            return str(flag).lower()
        case Scalar(value=str(text)):
            return f"the text {shown(text)}"
        case Scalar(value=int(number)):
            return f"the number {number}"
    return "a number"


def wrong_kind(node: Node, problems: Problems, what: str, wanted: str, hint: str = "") -> None:
    """Tell that `node` is not `wanted`, unless it has been told that it is broken."""
    if not isinstance(node, Broken):
        problems.add(node.place, f"{what} must be {wanted}, not {describe(node)}{hint}")


def text(node: Node, problems: Problems, what: str) -> str:
    """Read a text that isn't empty."""
    match node:
        case Scalar(value=str(found)) if found.strip():
            return found
        case Scalar(value=int() | Fraction()):
            wrong_kind(node, problems, what, "a text", " (put it in quotes)")
        case _:
            wrong_kind(node, problems, what, "a text")
    return ""


def characters(node: Node, problems: Problems, what: str) -> str:
    """Read at least one character, be it a blank or a line end."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
        return node.value
    return text(node, problems, what)


def word(node: Node, problems: Problems, what: str, pattern: re.Pattern[str], form: str) -> str:
    """Read a text that matches `pattern`, which `form` puts in words."""
    found = text(node, problems, what)
    if found and not pattern.fullmatch(found):
        problems.add(node.place, f"{what} must be {form}, not {shown(found)}")
        return ""
    return found


def choice(node: Node, problems: Problems, what: str, known: Collection[str]) -> str:
    """Read one of the words `known`; the stand-in is the first."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        if node.value in known:
            return node.value
        problems.add(node.place, f"{what}: unknown {shown(node.value)}{meant(node.value, known)}")
    else:
        wrong_kind(node, problems, what, f"one of: {', '.join(known)}")
    return next(iter(known))


def whole(node: Node, problems: Problems, what: str, low: int, high: int) -> int:
    """Read a whole number from `low` to `high`; the stand-in is `low`."""
    match node:
        case Scalar(value=bool()):
            pass
        case Scalar(value=int(number)) if low <= number <= high:
            return number
    wrong_kind(node, problems, what, f"a whole number from {low} to {high}")
    return low


def points(node: Node, problems: Problems, what: str) -> Fraction:
    """Read points: more than 0, in steps of a quarter."""
    match node:
        case Scalar(value=bool()):
            pass
        case Scalar(value=(int() | Fraction()) as number):
            if 0 < number <= 1000 and Fraction(number) * 4 % 1 == 0:
                return Fraction(number)
            problems.add(
                node.place,
                f"{what} must be more than 0 (at most 1000), in steps of 0.25, not {float(number)}",
            )
            return Fraction(1)
    wrong_kind(node, problems, what, "a number")
    return Fraction(1)


def seconds(node: Node, problems: Problems, what: str) -> float:
    """Read a time in seconds, up to an hour."""
    match node:
        case Scalar(value=bool()):
            pass
        case Scalar(value=(int() | Fraction()) as number) if 0 < number <= 3600:
            return float(number)
    wrong_kind(node, problems, what, "a number of seconds, more than 0 and at most 3600")
    return 1.0


def size(node: Node, problems: Problems, what: str) -> int:
    """Read a size in bytes: `4096`, `512 MiB`."""
    match node:
        case Scalar(value=bool()):
            pass
        case Scalar(value=int(number)) if number > 0:
            return number
        case Scalar(value=str(found)) if parts := _SIZE.fullmatch(found):
            return int(parts[1]) * _UNITS[parts[2]]
    wrong_kind(node, problems, what, "a number of bytes, such as 4096, 64 KiB or 512 MiB")
    return 1


def flag(node: Node, problems: Problems, what: str) -> bool:
    """Read `true` or `false`."""
    match node:
        case Scalar(value=bool(found)):
            return found
        case Scalar(value=str(found)) if found.lower() in _FLAGS:
            hint = f"; did you mean {_FLAGS[found.lower()]}?"
            wrong_kind(node, problems, what, "true or false", hint)
        case _:
            wrong_kind(node, problems, what, "true or false")
    return False


def items(node: Node, problems: Problems, what: str) -> tuple[Node, ...]:
    """Read a list that isn't empty."""
    if isinstance(node, Sequence):
        if not node.items:
            problems.add(node.place, f"{what} is empty")
        return node.items
    wrong_kind(node, problems, what, "a list")
    return ()


def people(node: Node, problems: Problems, what: str, language: str) -> Text:
    """Read a text for people: in the lab's `language` alone, or by language (that one too)."""
    if not isinstance(node, Mapping):
        return Text({language: text(node, problems, what)})
    by_language = {}
    for entry in node.entries:
        if not _LANGUAGE.fullmatch(entry.key):
            problems.add(
                entry.place, f"{what}: {shown(entry.key)} is no language; write fr, en, de, pt-BR"
            )
        by_language[entry.key] = text(entry.value, problems, f"{what} ({shown(entry.key)})")
    if language not in by_language:
        problems.add(node.place, f"{what}: no text in the lab's language '{language}'")
    return Text(by_language)
