"""What a page calls the messages of a run: by their place or their words, not by a lab's names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader import transcript as tr
from grader.lab.model import AnyOf, Draw, Formed, Generated, Message, Patterned
from grader.view.bytes_view import decoded, escaped
from grader.view.words import byte_count
from reference.templates import Template

QUOTED = 24
"""Characters of a message by which it is known."""
_GAPS = re.compile("…+")
_PLACES = ("first", "second", "third")


class MessageNames:
    """The messages of one run; `words` are those of the page, `messages` the lab's by name."""

    def __init__(
        self,
        transcript: tr.Transcript,
        words: Mapping[str, str],
        messages: Mapping[str, Message],
        language: str,
    ) -> None:
        self.words = words
        self.messages = messages
        self.language = language
        self.texts = transcript.header.texts
        self.order: dict[str, dict[str, int]] = {}
        """By connection, the place of each message among those sent there."""
        for entry in transcript.entries:
            if isinstance(entry, tr.Sent):
                there = self.order.setdefault(entry.connection, {})
                for name in entry.messages:
                    there.setdefault(name, len(there))

    def sent(self, entry: tr.Sent) -> str:
        """`second message`, of what the reference sent on one connection; how many together."""
        if len(entry.messages) != 1:
            count = len(entry.messages)
            return self.words["m_messages"].format(n=count) if count else self.words["m_only"]
        there = self.order.get(entry.connection, {})
        place = there.get(entry.messages[0], len(there))
        if len(there) == 1:
            return self.words["m_only"]
        if place < len(_PLACES):
            return self.words[f"m_{_PLACES[place]}"]
        return self.words["m_message"].format(names=place + 1)

    def told(self, names: Sequence[str]) -> str:
        """Each message: how it begins, or what it is; `a message` where nothing tells."""
        return ", ".join(self._told(name) for name in names)

    def _told(self, name: str) -> str:
        message = self.messages.get(name)
        if message is not None:
            if message.says is not None:
                return escaped(message.says.in_language(self.language))
            match message.content:
                case Generated(size=size, kind=kind):
                    key = "m_generated_bytes" if kind == "bytes" else "m_generated_text"
                    return self.words[key].format(size=byte_count(size, self.language))
                case AnyOf(names=names):
                    told = (self._quoted(each) or self.words["m_some"] for each in names)
                    return self.words["or"].join(dict.fromkeys(told))
        return self._quoted(name) or self.words["m_some"]

    def _quoted(self, name: str) -> str:
        text, message = self.texts.get(name, ""), self.messages.get(name)
        if not text and message is not None:
            match message.content:
                case None:
                    text = message.text
                case Formed(template=template) | Patterned(template=template):
                    text = self._with_gaps(template)
                case Draw() | Generated() | AnyOf():
                    pass
        return beginning(text, self.words)

    def _with_gaps(self, template: Template) -> str:
        """The words of a message, `…` for its values; nothing where it has no words."""
        parts = [decoded(p) if isinstance(p, bytes) else "…" for p in template.parts]
        return _GAPS.sub("…", "".join(parts)) if any(p.strip(" …\r\n") for p in parts) else ""


def beginning(text: str, words: Mapping[str, str]) -> str:
    """How a text begins, in quotes; nothing for one without a letter to be seen."""
    begun = escaped(" ".join(text[: QUOTED * 4].split()))
    if not begun:
        return ""
    short = begun if len(begun) <= QUOTED else f"{begun[:QUOTED].rstrip(' ,;:')}…"
    return words["m_quoted"].format(text=short)
