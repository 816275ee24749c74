"""Patterns for what a program sends, in time that is linear in its length.

The syntax is the plain part of that of regular expressions (`SYNTAX`); a pattern must match
all of a message. It is run as an automaton that reads each byte once (after Thompson 1968 and
Pike), so no pattern and no input can make it slow: work is at most length times `MOST_STATES`.
There are no back references and no look-around, which could not be done like this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_STATES = 400
"""Size of a compiled pattern."""
MOST_BYTES = 8192
"""Bytes of a message that a pattern is tried on; a longer one does not match."""
MOST_TIMES = 200
"""The greatest number in {m,n}."""
DEEPEST = 20
"""Brackets within brackets."""

SYNTAX: tuple[tuple[str, str], ...] = (
    ("abc", "these characters; `\\` before a sign takes its meaning away"),
    (".", "any byte but a line end"),
    ("[a-z_] [^,]", "one of these characters, or none of them (of ASCII)"),
    ("\\d \\w \\s", "a digit, a letter of a word, white space; \\D \\W \\S: anything else"),
    ("\\r \\n \\t \\x1b", "control characters"),
    ("a* a+ a?", "any number of times, at least once, or not at all or once"),
    ("a{3} a{2,5}", "so many times"),
    ("(?:ab)", "taken together"),
    ("a|b", "one or the other"),
    ("(?P<name>...)", "captured: `{{name}}` stands for it in later steps"),
)
"""What a pattern is made of, and what it means."""

_CLASSES = {
    "d": frozenset(b"0123456789"),
    "w": frozenset(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "s": frozenset(b" \t\r\n\f\v"),
}
_CONTROLS = {"r": 13, "n": 10, "t": 9, "f": 12, "v": 11, "0": 0}
_ALL = frozenset(range(256))
_ANY = _ALL - {10}


class PatternError(ValueError):
    """A pattern can't be read; `at` is an offset in its text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


# --- the tree ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _One:
    bytes: frozenset[int]


@dataclass(frozen=True)
class _Row:
    parts: tuple[_Node, ...]


@dataclass(frozen=True)
class _Either:
    options: tuple[_Node, ...]


@dataclass(frozen=True)
class _Times:
    what: _Node
    least: int
    most: int | None


@dataclass(frozen=True)
class _Group:
    name: str
    what: _Node


_Node = _One | _Row | _Either | _Times | _Group


class _Parser:
    """Reads the text of a pattern."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.names: list[str] = []

    def whole(self) -> _Node:
        node = self._either(0)
        if self.at < len(self.text):
            raise self._error("')' without '('")
        return node

    def _error(self, message: str) -> PatternError:
        return PatternError(message, min(self.at, max(0, len(self.text) - 1)))

    def _taken(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False

    def _either(self, depth: int) -> _Node:
        if depth > DEEPEST:
            raise self._error("too many brackets within each other")
        options = [self._row(depth)]
        while self._taken("|"):
            options.append(self._row(depth))
        return options[0] if len(options) == 1 else _Either(tuple(options))

    def _row(self, depth: int) -> _Node:
        parts: list[_Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._repeated(self._single(depth)))
        return _Row(tuple(parts))

    def _single(self, depth: int) -> _Node:
        sign = self.text[self.at]
        if sign in "*+?{":
            raise self._error(f"nothing stands before '{sign}'; write \\{sign} for the sign itself")
        if sign in "^$":
            raise self._error(f"a pattern matches the whole message: leave '{sign}' out")
        self.at += 1
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return _One(self._set())
        if sign == ".":
            return _One(_ANY)
        if sign == "\\":
            return _One(self._escaped())
        raw = sign.encode()
        return _Row(tuple(_One(frozenset({byte})) for byte in raw)) if len(raw) > 1 else (
            _One(frozenset(raw))
        )  # fmt: skip

    def _group(self, depth: int) -> _Node:
        name = ""
        if self._taken("?P<"):
            end = self.text.find(">", self.at)
            name = self.text[self.at : end] if end > 0 else ""
            if not name.replace("_", "").isalnum() or not name.isascii() or name != name.lower():
                raise self._error("a captured value's name is made of a-z, 0-9 and '_'")
            if name in self.names:
                raise self._error(f"'{name}' is captured twice")
            self.names.append(name)
            self.at = end + 1
        elif self._taken("?:"):
            pass
        elif self._taken("?"):
            raise self._error("only (?:...) and (?P<name>...) are known")
        what = self._either(depth + 1)
        if not self._taken(")"):
            raise self._error("')' is missing")
        return _Group(name, what) if name else what

    def _repeated(self, node: _Node) -> _Node:
        if self.at >= len(self.text):
            return node
        sign = self.text[self.at]
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign, (1, 1))
        if sign == "{":
            least, most = self._counts()
        elif sign not in "*+?":
            return node
        else:
            self.at += 1
        if self.at < len(self.text) and self.text[self.at] in "*+?{":
            raise self._error("two numbers of times on end: put the first into (?:...)")
        return _Times(node, least, most)

    def _counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : end].partition(",") if end > 0 else ("", "", "")
        if not low.isdecimal() or len(low) > 4 or not (high == "" or high.isdecimal()):
            raise self._error("a number of times is {3} or {2,5} or {2,}; write \\{ for the sign")
        least = int(low)
        most = (int(high[:5]) if high else None) if comma else least
        if max(least, most or 0) > MOST_TIMES or (most is not None and most < least):
            raise self._error(f"a number of times is at most {MOST_TIMES}, the smaller one first")
        self.at = end + 1
        return least, most

    def _escaped(self) -> frozenset[int]:
        if self.at >= len(self.text):
            raise self._error("'\\' at the end; write \\\\ for the sign itself")
        sign = self.text[self.at]
        self.at += 1
        if sign.lower() in _CLASSES:
            known = _CLASSES[sign.lower()]
            return known if sign.islower() else _ALL - known
        if sign in _CONTROLS:
            return frozenset({_CONTROLS[sign]})
        if sign == "x":
            digits = self.text[self.at : self.at + 2]
            if len(digits) < 2 or not all(c in "0123456789abcdefABCDEF" for c in digits):
                raise self._error("\\x takes two hexadecimal digits")
            self.at += 2
            return frozenset({int(digits, 16)})
        if sign.isalnum() or not sign.isascii():
            raise self._error(f"'\\{sign}' is not known in a pattern")
        return frozenset(sign.encode())

    def _set(self) -> frozenset[int]:
        negated = self._taken("^")
        found: set[int] = set()
        first = True
        while first or not self.text.startswith("]", self.at):
            if self.at >= len(self.text):
                raise self._error("']' is missing")
            first = False
            low = self._member()
            if len(low) == 1 and self.text.startswith("-", self.at) and (
                not self.text.startswith("-]", self.at)
            ):  # fmt: skip
                self.at += 1
                if self.at >= len(self.text):
                    raise self._error("']' is missing")
                high = self._member()
                (start,), stop = low, max(high)
                if len(high) > 1 or stop < start:
                    raise self._error("a range goes from the smaller to the greater character")
                found.update(range(start, stop + 1))
            else:
                found |= low
        self.at += 1
        return _ALL - found if negated else frozenset(found)

    def _member(self) -> frozenset[int]:
        sign = self.text[self.at]
        self.at += 1
        if sign == "\\":
            return self._escaped()
        if not sign.isascii():
            raise self._error("within [...] only ASCII; write (?:é|è) instead")
        return frozenset(sign.encode())


# --- the automaton -----------------------------------------------------------------------


@dataclass
class _State:
    """Reads a byte of `bytes`, or marks the `mark`, and goes on to the states of `then`."""

    bytes: frozenset[int] | None = None
    mark: int | None = None
    then: list[int] = field(default_factory=list)


class _Builder:
    def __init__(self, names: list[str], at_end: int) -> None:
        self.states: list[_State] = []
        self._names, self._at_end = names, at_end

    def add(self, state: _State) -> int:
        if len(self.states) >= MOST_STATES:
            raise PatternError("the pattern is too large", self._at_end)
        self.states.append(state)
        return len(self.states) - 1

    def build(self, node: _Node, then: int) -> int:
        """Add the states of a node; the state where it begins."""
        match node:
            case _One(bytes=wanted):
                return self.add(_State(bytes=wanted, then=[then]))
            case _Row(parts=parts):
                for part in reversed(parts):
                    then = self.build(part, then)
                return then
            case _Either(options=options):
                return self.add(_State(then=[self.build(option, then) for option in options]))
            case _Group(name=name, what=what):
                number = 2 * self._names.index(name)
                end = self.add(_State(mark=number + 1, then=[then]))
                return self.add(_State(mark=number, then=[self.build(what, end)]))
        return self._times(node, then)

    def _times(self, node: _Times, then: int) -> int:
        if node.most is None:
            loop = self.add(_State())
            self.states[loop].then = [self.build(node.what, loop), then]
            begin = loop
        else:
            begin = then
            for _ in range(node.most - node.least):
                begin = self.add(_State(then=[self.build(node.what, begin), then]))
        for _ in range(node.least):
            begin = self.build(node.what, begin)
        return begin


Marks = tuple[int, ...]


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; `names` are those of the values that it captures."""

    text: str
    names: tuple[str, ...]
    states: tuple[_State, ...]
    begin: int

    def match(self, data: bytes) -> dict[str, bytes] | None:
        """The values captured where all of `data` matches, else None.

        A group that took no part is captured empty.
        """
        if len(data) > MOST_BYTES:
            return None
        nothing = (-1,) * (2 * len(self.names))
        threads = dict(self._reached([(self.begin, nothing)], 0))
        for at, byte in enumerate(data, 1):
            following = [
                (self.states[number].then[0], marks)
                for number, marks in threads.items()
                if (wanted := self.states[number].bytes) is not None and byte in wanted
            ]
            if not following:
                return None
            threads = dict(self._reached(following, at))
        marks = threads.get(0)
        if marks is None:
            return None
        return {
            name: data[marks[2 * i] : marks[2 * i + 1]] if marks[2 * i] >= 0 else b""
            for i, name in enumerate(self.names)
        }

    def _reached(self, starts: list[tuple[int, Marks]], at: int) -> Iterator[tuple[int, Marks]]:
        """All that can be reached without reading a byte, what is preferred first."""
        seen: set[int] = set()
        waiting = starts[::-1]
        while waiting:
            number, marks = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            state = self.states[number]
            if state.bytes is not None or number == 0:
                yield number, marks
                continue
            if state.mark is not None:
                marks = (*marks[: state.mark], at, *marks[state.mark + 1 :])
            waiting += [(then, marks) for then in reversed(state.then)]


def compiled(text: str) -> Pattern:
    """Compile a pattern.

    Raises:
        PatternError: with what is wrong, and where.
    """
    parser = _Parser(text)
    tree = parser.whole()
    builder = _Builder(parser.names, max(0, len(text) - 1))
    builder.add(_State())  # the end of a match is state 0
    begin = builder.build(tree, 0)
    return Pattern(text, tuple(parser.names), tuple(builder.states), begin)


def example(text: str) -> bytes:
    """Something that the pattern matches: the first and the fewest of what is free.

    Raises:
        PatternError: it can't be read.
    """
    return _example(_Parser(text).whole())


def _example(node: _Node) -> bytes:
    match node:
        case _One(bytes=wanted):
            usual = [byte for byte in b"a0b1 " if byte in wanted]
            return bytes([usual[0] if usual else min(wanted)]) if wanted else b""
        case _Row(parts=parts):
            return b"".join(map(_example, parts))
        case _Either(options=options):
            return _example(options[0])
        case _Group(what=what):
            return _example(what)
    return _example(node.what) * node.least


def quoted(data: bytes) -> str:
    """A pattern that matches these bytes and no others."""
    return "".join(chr(b) if chr(b).isalnum() and b < 128 else f"\\x{b:02x}" for b in data)
