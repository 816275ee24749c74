"""What a page calls the messages of a run: by their place or their words, not by a lab's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader import transcript as tr
from grader.view.bytes_view import escaped

QUOTED = 24
"""Characters of a message by which it is known."""
_PLACES = ("first", "second", "third")


class MessageNames:
    """The messages of one run; `words` are those of the page."""

    def __init__(self, transcript: tr.Transcript, words: Mapping[str, str]) -> None:
        self.words = words
        self.texts = transcript.header.texts
        sent = (e.messages for e in transcript.entries if isinstance(e, tr.Sent))
        self.order = tuple(dict.fromkeys(name for names in sent for name in names))

    def sent(self, names: Sequence[str], several: str) -> str:
        """`second message`, of what the reference sent; together, in the words `several`."""
        if len(names) != 1:
            return several.format(names=self.quoted(names))
        place = self.order.index(names[0]) if names[0] in self.order else len(self.order)
        if len(self.order) == 1:
            return self.words["m_only"]
        if place < len(_PLACES):
            return self.words[f"m_{_PLACES[place]}"]
        return self.words["m_message"].format(names=place + 1)

    def quoted(self, names: Sequence[str]) -> str:
        """How each message begins; the name of one without a text."""
        return ", ".join(self._quoted(name) for name in names)

    def _quoted(self, name: str) -> str:
        return beginning(self.texts.get(name, ""), self.words) or name


def beginning(text: str, words: Mapping[str, str]) -> str:
    """How a text begins, in quotes; nothing for one without a letter to be seen."""
    begun = escaped(" ".join(text[: QUOTED * 4].split()))
    if not begun:
        return ""
    short = begun if len(begun) <= QUOTED else f"{begun[:QUOTED].rstrip(' ,;:')}…"
    return words["m_quoted"].format(text=short)
