"""What a compiler says, read as data: the first error, the first warning, and where.

Forms: GCC, Clang and Go (`file:line:column: error: ...`), javac (`file:line: error: ...`),
rustc (a heading, then `--> file:line:column`) and the linker (`file:line: undefined reference`).
The text is a student's doing, and hostile: it is bounded, and nothing in it is obeyed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MESSAGE = 160
"""Characters of a message that are shown."""
_FILE = r"(?P<file>[^\s:][^:\n]{0,300})"
_FORMS = (
    re.compile(
        rf"^{_FILE}:(?P<line>\d{{1,7}}):(?:\d{{1,7}}:)? (?:fatal )?(?P<kind>error|warning): "
        r"(?P<message>[^\n]{1,2000})",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?P<kind>error|warning)(?:\[\w{1,20}\])?: (?P<message>[^\n]{1,2000})\n"
        rf" {{1,8}}--> {_FILE}:(?P<line>\d{{1,7}}):",
        re.MULTILINE,
    ),
    re.compile(
        rf"^(?:[^\n]{{0,200}}ld: )?{_FILE}:(?P<line>\d{{1,7}}): "
        r"(?P<message>undefined reference to [^\n]{1,2000})",
        re.MULTILINE,
    ),
    re.compile(
        rf"^{_FILE}:(?P<line>\d{{1,7}}):\d{{1,7}}: (?P<message>(?!note|warning)[^\n]{{1,2000}})",
        re.MULTILINE,
    ),
)
"""Where a form names no kind it is an error."""


@dataclass(frozen=True)
class Told:
    """One message: its file as the compiler names it, its line, its words."""

    file: str
    line: int
    message: str


def first(output: bytes, kind: str) -> Told | None:
    """The first `error` or `warning` in what a compiler said; None where there is none."""
    text = output.decode("utf-8", "replace").replace("\r\n", "\n")
    for form in _FORMS:
        for found in form.finditer(text):
            named = found.groupdict()
            if (named.get("kind") or "error") == kind:
                file = named["file"].removeprefix("./")
                return Told(file, int(named["line"]), plain(named["message"]))
    return None


def plain(message: str) -> str:
    """A message on one line, bounded, without what is invisible or turns text around."""
    shown = "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else "�"
                    for c in message.strip())  # fmt: skip
    return shown if len(shown) <= MESSAGE else shown[: MESSAGE - 1] + "…"
