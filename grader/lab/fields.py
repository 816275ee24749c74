"""The fields of the language, each with what it means: one table for all who need it.

The loader takes the names that it knows from here (`names`), `wiregrade schema` and the
reference of the language take the rest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldOf:
    """One field: what may stand there (`kind`, a key of the schema), and what it means."""

    name: str
    kind: str
    about: str
    example: str = ""
    options: tuple[str, ...] = ()
    """For a kind `word`: the words that may stand there."""
    needed: bool = False


def names(table: Collection[FieldOf]) -> tuple[str, ...]:
    """The names that may stand in a mapping."""
    return tuple(entry.name for entry in table)


def options(table: Collection[FieldOf], name: str) -> tuple[str, ...]:
    """The words that may stand at a field. Raises StopIteration: there is no such field."""
    return next(entry.options for entry in table if entry.name == name)


MESSAGE = (
    FieldOf("text", "text", "exactly these characters, in UTF-8; `{{...}}` are values",
            'text: "QUIT\\r\\n"'),
    FieldOf("hex", "text", "exactly these bytes", 'hex: "00 01 ff"'),
    FieldOf("generate", "generate", "so many bytes, made from the submission's seed",
            "generate: {size: 300 KiB, kind: bytes}"),
    FieldOf("draw", "word", "drawn anew for each submission: letters, a name, a number, sentences,"
            " hexadecimal digits", "draw: word", ("word", "name", "number", "text", "hex")),
    FieldOf("pattern", "text", "whatever matches, captured values included",
            "pattern: 'WELCOME (?P<nonce>[0-9]+)'"),
    FieldOf("any", "messages", "any one of these messages", "any: [bye, goodbye]"),
    FieldOf("length", "number", "letters of a word that is drawn, digits of a `hex` (8), or"
            " bytes at least of a text", "{draw: text, length: 2000}"),
    FieldOf("from", "number", "of a number drawn: the least", "{draw: number, from: 2, to: 99}"),
    FieldOf("to", "number", "of a number drawn: the greatest", "{draw: number, from: 2, to: 99}"),
    FieldOf("framing", "framing", "how its end is known, if not as the lab says", "framing: line"),
    FieldOf("compare", "word", "how what came is compared with it; words alone are compared with"
            " tolerance, all else exactly", "compare: ignore-case",
            ("tolerant", "exact", "ignore-case")),
    FieldOf("says", "people", "what is expected, in words, for people who read a report",
            "says: {fr: un nombre, en: a number}"),
)  # fmt: skip
"""A message that isn't plain words: exactly one of the first six, and what belongs to it."""

KINDS = ("text", "hex", "generate", "draw", "pattern", "any")

GENERATE = (
    FieldOf("size", "size", "how many bytes", "size: 300 KiB"),
    FieldOf("kind", "word", "any bytes, letters and blanks, or lines of 63 of these",
            "kind: lines", ("bytes", "text", "lines")),
)  # fmt: skip

FRAMINGS = (
    FieldOf("text", "word", "a message is known by its own words (or its length, where it is"
            " given exactly): the bytes are sent as they are", "framing: text"),
    FieldOf("line", "word", "up to LF, or CR LF; sending adds LF where there is none",
            "framing: line"),
    FieldOf("rest", "word", "all up to the end of the connection", "framing: rest"),
    FieldOf("datagram", "word", "one datagram", "framing: datagram"),
    FieldOf("until", "text", "up to these characters; sending adds them where they are not",
            'framing: {until: "\\r\\n.\\r\\n"}'),
    FieldOf("then", "header", "after `until`: as many bytes more as a header announces",
            'framing: {until: "\\r\\n\\r\\n", then: {header: Content-Length}}'),
    FieldOf("length-prefix", "word", "a length in one, two or four bytes, then so many bytes;"
            " sending adds it", "framing: {length-prefix: u32, order: big}",
            ("u8", "u16", "u32")),
    FieldOf("order", "word", "of a length: the high byte first (big) or last", "order: big",
            ("big", "little")),
    FieldOf("size", "size", "so many bytes", "framing: {size: 16}"),
)  # fmt: skip
"""How messages are told apart."""
PLAIN_FRAMINGS = ("text", "line", "rest", "datagram")

REPEAT = (
    FieldOf("times", "number", "how many rounds; `{{i}}` counts them from 1", "times: 5"),
    FieldOf("steps", "steps", "what is played in each round; what is drawn or generated for it"
            " alone is drawn anew each time", "steps: [{send: line}, {receive: echoed}]"),
)  # fmt: skip
"""A step `repeat`."""

STDOUT = (
    FieldOf("contains", "message", "the message is printed, anywhere", "contains: hello"),
    FieldOf("line", "message", "the message, which may be a pattern, is a line of its own",
            "line: total"),
    FieldOf("absent", "message", "the message is not printed", "absent: secret"),
    FieldOf("times", "number", "it is printed just so many times", "{contains: hello, times: 2}"),
    FieldOf("after", "message", "it is printed after that one, expected in a line above",
            "{contains: goodbye, after: hello}"),
    FieldOf("proves", "criterion", "the criterion that it gives evidence for",
            "proves: server.print"),
    FieldOf("level", "word", "`must`; `should`: costs half of the criterion at most; `advice`:"
            " costs nothing, is said", "level: should", ("must", "should", "advice")),
)  # fmt: skip
"""A line of `stdout`: one of the first three, and what belongs to it."""
STDOUT_KINDS = ("contains", "line", "absent")
