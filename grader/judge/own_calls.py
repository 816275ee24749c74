"""Calls by the names that the program's author wrote: `readline()` where a run showed recv().

A run shows calls of the system: whoever wrote readline(), recv_into() or serve_forever(), or
read(), getline() or nextLine() in another language, knows them by another name. The line where
the program stood tells it; no verdict depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.lab.model import Text

_TOLD = re.compile(r"\b(recv|accept)\(\)(,| \() ?(ligne|line)([\u00a0 ])([0-9]{1,6})")
"""`recv(), ligne 14` or `accept() (line 14)`, as `wording` writes them."""
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
        line = line_of(int(found[5]))[:_LONGEST]
        if _ITSELF[found[1]].search(line) is not None:
            return found[0]
        written = _SAME[found[1]].search(line)
        if written is None:
            return found[0]
        return found[0].replace(found[1], next(filter(None, written.groups())), 1)

    return _TOLD.sub(own, text)


def own_text(text: Text, line_of: Callable[[int], str]) -> Text:
    """The same of a text in several languages; itself where it says so already."""
    told = {language: own_words(said, line_of) for language, said in text.by_language.items()}
    return text if told == text.by_language else Text(told)
