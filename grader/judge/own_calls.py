"""Calls by the names that the program's author wrote: `readline()` where a run showed recv().

A run shows calls of the system: whoever wrote readline(), recv_into() or serve_forever(), or
read(), getline() or nextLine() in another language, knows them by another name. The line where
the program stood tells it; no verdict depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from grader.lab.model import Text

_TOLD = re.compile(r"\b(recv|accept)\(\)(,| \() ?(ligne|line)([\u00a0 ])([0-9]{1,6})")
"""`recv(), ligne 14` or `accept() (line 14)`, as `wording` writes them."""
_WAITED = re.compile(r"\b(dans|in) (recv|accept)\(\)(?!,| \()")
"""`waits in recv()`, of a program whose line is not known: in Java, Go or Rust it never is."""
_SAME = {
    "recv": re.compile(
        r"\.\s{0,4}(readline|readlines|readexactly|readuntil|readinto|recv_into|recvfrom_into"
        r"|recvfrom|recvmsg|read1|read|readLine|readFully|readAllBytes|readNBytes|readUTF|readInt"
        r"|nextLine|receive|read_line|read_until|read_exact|read_to_end|read_to_string"
        r"|recv_from|ReadString|ReadBytes|ReadFrom|Read|Scan)\s{0,4}\("
        r"|(?<![\w.>])(read|recvfrom|recvmsg|fgets|fgetc|fread|getc|getline)\s{0,4}\("
    ),
    "accept": re.compile(r"\.\s{0,4}(serve_forever|handle_request|Accept)\s{0,4}\("),
}
_ITSELF = {name: re.compile(rf"\b{name}\s{{0,4}}\(") for name in _SAME}
_LONGEST = 400
"""Characters of a line that is looked at."""


def own_words(text: str, line_of: Callable[[int], str]) -> str:
    """The text with each « recv(), ligne 14 » as that line has it.

    `line_of` gives the text of a line by its number, empty where it is not known.
    """

    def own(found: re.Match[str]) -> str:
        written = _written(line_of(int(found[5])), found[1])
        return found[0].replace(found[1], written or found[1], 1)

    return _TOLD.sub(own, text)


def only_words(text: str, lines: Sequence[str]) -> str:
    """The text with each « dans recv() » as the program has it, where it has one such call only."""

    def own(found: re.Match[str]) -> str:
        named = {_written(line, found[2]) for line in lines} - {None}
        (only, *more) = named or {found[2]}
        return f"{found[1]} {found[2] if more else only}()"

    return _WAITED.sub(own, text)


def _written(line: str, call: str) -> str | None:
    """The name by which that line has the call; None: it has none."""
    line = line[:_LONGEST]
    if _ITSELF[call].search(line) is not None:
        return call
    written = _SAME[call].search(line)
    return next(filter(None, written.groups())) if written is not None else None


def own_text(text: Text, line_of: Callable[[int], str]) -> Text:
    """The same of a text in several languages; itself where it says so already."""
    return _told(text, lambda said: own_words(said, line_of))


def only_text(text: Text, lines: Sequence[str]) -> Text:
    """As `only_words`, of a text in several languages."""
    return _told(text, lambda said: only_words(said, lines))


def _told(text: Text, own: Callable[[str], str]) -> Text:
    told = {language: own(said) for language, said in text.by_language.items()}
    return text if told == text.by_language else Text(told)
