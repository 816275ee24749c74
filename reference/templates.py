"""Texts with values in them: `{{hello | upper}}`, `{{sum(a, b)}}`.

Values are bytes, by name. What can be computed is `FUNCTIONS`, a closed set: there is nothing
to run in a template. Parsing tells the author what is wrong; rendering says whether a value
is known yet, and whether it fits (`sum` needs numbers). All work is bounded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Values = Mapping[str, bytes]

MOST_BYTES = 1 << 20
"""Bytes that a computed value has at most."""
DEEPEST = 8
"""Brackets within brackets."""
LONGEST_NUMBER = 8
"""Bytes of a number that is read from them."""
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2})*")
_NUMBER = re.compile(rb"[+-]?[0-9]{1,30}")
_TOKEN = re.compile(r"""\s*(?:([a-z][a-z0-9_-]*)|([0-9]{1,18})|'([^']*)'|"([^"]*)"|(\S))""")


class TemplateError(ValueError):
    """A template can't be read: its author is to blame. `at` is an offset in its text."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


class UnknownFunctionError(TemplateError):
    """There is no such function; `name` is what was written."""

    def __init__(self, name: str, at: int) -> None:
        super().__init__(f"no function '{name}'", at)
        self.name = name


class RenderError(ValueError):
    """A template has no value here."""


class UnknownValueError(RenderError):
    """The value `name` is not known (yet): what it is taken from has not come."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not known")
        self.name = name


class UnfitValueError(RenderError):
    """A value is not what a function needs: no number, too long, a division by 0."""


# --- what can be computed ----------------------------------------------------------------


@dataclass(frozen=True)
class Function:
    """One thing that can be computed; `least` to `most` values go in, bytes come out."""

    name: str
    gives: str
    example: str
    """A template, and what comes of it in `result`."""
    result: str
    least: int
    most: int
    apply: Callable[..., bytes]


def number_of(value: bytes) -> int:
    """The whole number that a value is written as.

    Raises:
        UnfitValueError: it is none.
    """
    digits = value.strip()
    if not _NUMBER.fullmatch(digits):
        raise UnfitValueError("not a whole number")
    return int(digits)


def _numbers(*values: bytes) -> list[int]:
    return [number_of(value) for value in values]


def _digits(number: int) -> bytes:
    return str(number).encode()


def _of_text(value: bytes, change: Callable[[str], str]) -> bytes:
    """Change it as text where it is UTF-8, else byte by byte."""
    try:
        return change(value.decode()).encode()
    except UnicodeDecodeError:
        return change(value.decode("latin-1")).encode("latin-1", "replace")


def _product(*values: bytes) -> bytes:
    whole = 1
    for number in _numbers(*values):
        whole *= number
    return _digits(whole)


def _divided(one: bytes, other: bytes) -> tuple[int, int]:
    left, right = _numbers(one, other)
    if right == 0:
        raise UnfitValueError("a division by 0")
    return divmod(left, right)


def _count(value: bytes, most: int = MOST_BYTES) -> int:
    count = number_of(value)
    if not 0 <= count <= most:
        raise UnfitValueError(f"not a number from 0 to {most}")
    return count


def _repeated(value: bytes, times: bytes) -> bytes:
    return value * _count(times, MOST_BYTES // max(1, len(value)))


def _unsigned(size: int) -> Callable[[bytes], bytes]:
    def apply(value: bytes) -> bytes:
        return _count(value, 256**size - 1).to_bytes(size, "big")

    return apply


def _of_bytes(value: bytes) -> bytes:
    if not 1 <= len(value) <= LONGEST_NUMBER:
        raise UnfitValueError(f"not one to {LONGEST_NUMBER} bytes")
    return _digits(int.from_bytes(value, "big"))


def _from_hex(value: bytes) -> bytes:
    if not _HEX.fullmatch(value):
        raise UnfitValueError("no pairs of hexadecimal digits")
    return bytes.fromhex(value.decode())


def _hex_text(value: bytes) -> bytes:
    return value.hex().encode()


FUNCTIONS: tuple[Function, ...] = (
    Function("upper", "the text in capital letters",
             "{{'Été' | upper}}", "ÉTÉ", 1, 1, lambda v: _of_text(v, str.upper)),
    Function("lower", "the text in small letters",
             "{{'Été' | lower}}", "été", 1, 1, lambda v: _of_text(v, str.lower)),
    Function("reverse", "its characters backwards; its bytes where it is no text",
             "{{'été' | reverse}}", "été", 1, 1, lambda v: _of_text(v, lambda t: t[::-1])),
    Function("trim", "the text without white space outside",
             "{{' a b ' | trim}}", "a b", 1, 1, lambda v: v.strip()),
    Function("length", "how many bytes it has",
             "{{'été' | length}}", "5", 1, 1, lambda v: _digits(len(v))),
    Function("first", "its first bytes",
             "{{'abcdef' | first(4)}}", "abcd", 2, 2, lambda v, n: v[: _count(n)]),
    Function("from", "what stands from an offset on",
             "{{'abcdef' | from(4)}}", "ef", 2, 2, lambda v, n: v[_count(n) :]),
    Function("repeat", "it, so many times",
             "{{'ab' | repeat(3)}}", "ababab", 2, 2, _repeated),
    Function("sum", "numbers added", "{{sum(2, 40)}}", "42", 2, 8,
             lambda *v: _digits(sum(_numbers(*v)))),
    Function("difference", "the first number less the second",
             "{{difference(2, 40)}}", "-38", 2, 2,
             lambda a, b: _digits(number_of(a) - number_of(b))),
    Function("product", "numbers multiplied", "{{product(6, 7)}}", "42", 2, 8, _product),
    Function("quotient", "the first number divided by the second, rounded down",
             "{{quotient(43, 5)}}", "8", 2, 2, lambda a, b: _digits(_divided(a, b)[0])),
    Function("remainder", "what is left of that division",
             "{{remainder(43, 5)}}", "3", 2, 2, lambda a, b: _digits(_divided(a, b)[1])),
    Function("hex", "its bytes as hexadecimal digits",
             "{{'AZ' | hex}}", "415a", 1, 1, _hex_text),
    Function("unhex", "the bytes that hexadecimal digits stand for",
             "{{'415a' | unhex}}", "AZ", 1, 1, _from_hex),
    Function("sha256", "its SHA-256 as hexadecimal digits",
             "{{'' | sha256 | first(8)}}", "e3b0c442", 1, 1,
             lambda v: hashlib.sha256(v).hexdigest().encode()),
    Function("u8", "a number as one byte", "{{65 | u8}}", "A", 1, 1, _unsigned(1)),
    Function("u16", "a number as two bytes, the high one first",
             "{{16706 | u16}}", "AB", 1, 1, _unsigned(2)),
    Function("u32", "a number as four bytes, the high one first",
             "{{1094861636 | u32}}", "ABCD", 1, 1, _unsigned(4)),
    Function("number", "the number that one to eight bytes stand for, the high one first",
             "{{'AB' | number}}", "16706", 1, 1, _of_bytes),
)  # fmt: skip
"""All that can be computed: documentation and error messages are made from this table."""
_BY_NAME = {function.name: function for function in FUNCTIONS}


# --- templates ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Name:
    """A value that stands somewhere else."""

    name: str


@dataclass(frozen=True)
class Computed:
    """A function of other values; one without a name joins them."""

    function: str
    of: tuple[Term, ...]


Term = bytes | Name | Computed


@dataclass(frozen=True)
class Template:
    """A text in parts; those in braces are terms."""

    parts: tuple[Term, ...]

    @property
    def names(self) -> frozenset[str]:
        """The values that it takes."""
        return frozenset(name for part in self.parts for name in _names(part))

    def render(self, values: Values) -> bytes:
        """The text with its values.

        Raises:
            RenderError: a value is not known, or does not fit.
        """
        made = b"".join(_value(part, values) for part in self.parts)
        if len(made) > MOST_BYTES:
            raise UnfitValueError(f"more than {MOST_BYTES} bytes")
        return made

    def with_terms(self, change: Callable[[Term], bytes]) -> bytes:
        """The text with what `change` makes of each term; its own characters as they are.

        Raises:
            RenderError: as `change` does.
        """
        return b"".join(p if isinstance(p, bytes) else change(p) for p in self.parts)

    def as_term(self) -> Term:
        """The whole of it as a part of another."""
        return self.parts[0] if len(self.parts) == 1 else Computed("", self.parts)

    def with_names(self, instead: Mapping[str, Term]) -> Template:
        """The template with other terms in place of some names."""
        return Template(tuple(_renamed(part, instead) for part in self.parts))


def _names(term: Term) -> frozenset[str]:
    match term:
        case Name(name=name):
            return frozenset({name})
        case Computed(of=of):
            return frozenset(name for part in of for name in _names(part))
    return frozenset()


def _renamed(term: Term, instead: Mapping[str, Term]) -> Term:
    match term:
        case Name(name=name):
            return instead.get(name, term)
        case Computed(function=function, of=of):
            return Computed(function, tuple(_renamed(part, instead) for part in of))
    return term


def _value(term: Term, values: Values) -> bytes:
    match term:
        case bytes():
            return term
        case Name(name=name):
            if name not in values:
                raise UnknownValueError(name)
            return values[name]
    of = [_value(part, values) for part in term.of]
    made = _BY_NAME[term.function].apply(*of) if term.function else b"".join(of)
    if len(made) > MOST_BYTES:
        raise UnfitValueError(f"more than {MOST_BYTES} bytes")
    return made


def parse(text: str) -> Template:
    """Read a text with `{{...}}` in it.

    Raises:
        TemplateError: with what is wrong, and where.
    """
    parts: list[Term] = []
    at = 0
    while (begin := text.find("{{", at)) >= 0:
        if begin > at:
            parts.append(text[at:begin].encode())
        end = text.find("}}", begin)
        if end < 0:
            raise TemplateError("'{{' without '}}'", begin)
        parts.append(_Reader(text[begin + 2 : end], begin + 2).whole())
        at = end + 2
    if at < len(text):
        parts.append(text[at:].encode())
    return Template(tuple(parts))


class _Reader:
    """Reads one expression: `value | function | function(value)`."""

    def __init__(self, text: str, offset: int) -> None:
        self._offset = offset
        self._tokens: list[tuple[str, str, int]] = []
        kinds = ("name", "number", "text", "text", "sign")
        at = 0
        while match := _TOKEN.match(text, at):
            kind = (match.lastindex or 1) - 1
            start = match.start(match.lastindex or 0)
            self._tokens.append((kinds[kind], match[match.lastindex or 0], start))
            at = match.end()
        self._at = 0

    def whole(self) -> Term:
        term = self._piped(0)
        if self._at < len(self._tokens):
            _, word, at = self._tokens[self._at]
            raise TemplateError(f"'{word}' is not expected here", self._offset + at)
        return term

    def _piped(self, depth: int) -> Term:
        if depth > DEEPEST:
            raise self._error("too many brackets within each other")
        term = self._single(depth)
        while self._sign("|"):
            kind, word, _ = self._next("a function after '|'")
            if kind != "name":
                raise self._error("a function must follow '|'")
            more = self._arguments(depth) if self._sign("(") else ()
            term = self._computed(word, (term, *more))
        return term

    def _single(self, depth: int) -> Term:
        kind, word, _ = self._next("a name, a number or a 'text'")
        if kind in ("number", "text"):
            return word.encode()
        if kind == "sign":
            raise self._error(f"'{word}' is not expected here")
        if self._sign("("):
            return self._computed(word, self._arguments(depth))
        return Name(word)

    def _arguments(self, depth: int) -> tuple[Term, ...]:
        found = [self._piped(depth + 1)]
        while self._sign(","):
            found.append(self._piped(depth + 1))
        if not self._sign(")"):
            raise self._error("')' is missing")
        return tuple(found)

    def _computed(self, name: str, of: tuple[Term, ...]) -> Computed:
        function = _BY_NAME.get(name)
        if function is None:
            raise UnknownFunctionError(name, self._place())
        if not function.least <= len(of) <= function.most:
            wanted = f"{function.least}" if function.least == function.most else (
                f"{function.least} to {function.most}"
            )  # fmt: skip
            values = "value" if wanted == "1" else "values"
            raise self._error(
                f"{name} takes {wanted} {values}, as in {function.example}, not {len(of)}"
            )
        return Computed(name, of)

    def _next(self, wanted: str) -> tuple[str, str, int]:
        if self._at >= len(self._tokens):
            raise self._error(f"{wanted} is missing")
        self._at += 1
        return self._tokens[self._at - 1]

    def _sign(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][:2] == ("sign", sign):
            self._at += 1
            return True
        return False

    def _place(self) -> int:
        at = min(self._at, len(self._tokens)) - 1
        return self._offset + (self._tokens[at][2] if at >= 0 else 0)

    def _error(self, message: str) -> TemplateError:
        return TemplateError(message, self._place())
