"""What Wireshark shows beside the frames: who does what, in the words of the lab.

A frame belongs to a message through its place in the TCP stream: its sequence number,
compared with what the reference recorded to have sent. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from grader.transcript import Closed, Connected, OnConnection, Sent, Transcript
from grader.wire.drawn import ends_of, name_of
from grader.wire.frames import ACK, FIN, RST, SYN, Frame, Segment, is_refusal, parse, plain

Language = Literal["fr", "en"]

_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared, not bound
_ANY = tuple(_LOOPBACK)
_Ends = tuple[tuple[str, int], tuple[str, int]]

_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "reference": "the reference",
        "program": "the program",
        "connects": "{who} connects",
        "accepted": "the connection is accepted",
        "drawn": "Unix socket {name}: packets drawn from the reference's record, addresses and "
        "ports made up",
        "sends": "{who} sends « {names} » ({piece}/{pieces})",
        "goes on": "« {names} » goes on",
        "bytes": "{who} sends {count} bytes",
        "byte": "{who} sends 1 byte",
        "closes first": "{who} closes first (FIN)",
        "closes": "{who} closes (FIN)",
        "half-closes": "{who} has no more to send, and goes on reading (FIN)",
        "resets": "{who} breaks the connection off (RST)",
        "refused": "connection refused: nothing listens on {port}",
        "unreachable": "nothing is bound to UDP port {port}",
        "nobody": "nobody takes the datagram for port {port}",
        "datagram": "a UDP datagram for port {port}: not a TCP connection",
        "again": "sent once more",
    },
    "fr": {
        "reference": "la référence",
        "program": "le programme",
        "connects": "{who} se connecte",
        "accepted": "la connexion est acceptée",
        "drawn": "socket Unix {name}\u00a0: paquets dessinés d'après le relevé de la référence, "
        "adresses et ports inventés",
        "sends": "{who} envoie «\u00a0{names}\u00a0» ({piece}/{pieces})",
        "goes on": "suite de «\u00a0{names}\u00a0»",
        "bytes": "{who} envoie {count} octets",
        "byte": "{who} envoie 1 octet",
        "closes first": "{who} ferme en premier (FIN)",
        "closes": "{who} ferme (FIN)",
        "half-closes": "{who} n'a plus rien à envoyer et continue de lire (FIN)",
        "resets": "{who} rompt la connexion (RST)",
        "refused": "connexion refusée\u00a0: rien n'écoute sur le port {port}",
        "unreachable": "rien n'est lié au port UDP {port}",
        "nobody": "personne ne reçoit le datagramme pour le port {port}",
        "datagram": "un datagramme UDP pour le port {port}\u00a0: pas une connexion TCP",
        "again": "envoyé une nouvelle fois",
    },
}


def comments(
    frames: Sequence[Frame], transcript: Transcript, language: Language = "fr"
) -> list[list[str]]:
    """The comments of each frame, in the order of the frames; most have none."""
    writer = _Writer(_TEXTS[language], _conversations(transcript))
    return [writer.comment(parse(frame)) for frame in frames]


@dataclass(frozen=True)
class _Span:
    """A piece of what the reference sent, by its place in the stream."""

    begin: int
    end: int
    sent: Sent


@dataclass
class _Conversation:
    """What the transcript knows of one connection, and what the frames have shown of it."""

    reference: tuple[str, int]
    spans: list[_Span] = field(default_factory=list)
    half_close: bool = False
    first_bytes: dict[tuple[str, int], int] = field(default_factory=dict)
    """Where each side's stream begins: the sequence number after its SYN."""
    seen: dict[tuple[str, int], int] = field(default_factory=dict)
    """How far each side's stream has been seen."""
    finished: set[tuple[str, int]] = field(default_factory=set)
    datagrams: bool = False
    name: str = ""
    """Of a Unix-domain socket."""


def _conversations(transcript: Transcript) -> dict[_Ends, _Conversation]:
    found: dict[_Ends, _Conversation] = {}
    by_name: dict[str, _Conversation] = {}
    number = 0
    for entry in transcript.entries:
        if not isinstance(entry, OnConnection):
            continue
        if isinstance(entry, Connected):
            local, remote = map(_address, ends_of(entry, number))
            number += 1
            made = _Conversation(local, datagrams=entry.protocol == "udp", name=name_of(entry))
            found[_ends(local, remote)] = by_name[entry.connection] = made
            if made.datagrams and local[0] in _ANY:
                # Bound to every address: it is reached where it was written to.
                found[_ends((_LOOPBACK[local[0]], local[1]), remote)] = made
            continue
        current = by_name.get(entry.connection)
        if current is None:
            continue
        if isinstance(entry, Sent):
            begin = current.spans[-1].end if current.spans else 0
            current.spans.append(_Span(begin, begin + len(entry.data), entry))
        elif isinstance(entry, Closed) and entry.how == "half-close":
            current.half_close = True
    return found


@dataclass
class _Writer:
    texts: dict[str, str]
    conversations: dict[_Ends, _Conversation]

    def comment(self, segment: Segment | None) -> list[str]:
        if segment is None:
            return []
        conversation = self.conversations.get(_ends(segment.source, segment.destination))
        if segment.protocol == "unreachable":
            key = "unreachable" if conversation is None else "nobody"
            return [self._say(key, port=segment.dport)]
        if segment.protocol == "udp":
            if conversation is None or not conversation.datagrams:
                return [self._say("datagram", port=segment.dport)]
            return self._datagram(segment, conversation)
        if conversation is None:
            return self._stranger(segment)
        return self._of_conversation(segment, conversation)

    def _datagram(self, segment: Segment, known: _Conversation) -> list[str]:
        """One of the reference is the next that it has sent."""
        if segment.source[1] != known.reference[1]:
            who = self.texts["program"]
            key = "byte" if segment.length == 1 else "bytes"
            return [self._say(key, who=who, count=segment.length)]
        if not known.spans:
            return []
        sent = known.spans.pop(0).sent
        names = " + ".join(sent.messages)
        who = self.texts["reference"]
        return [self._say("sends", who=who, names=names, piece=sent.piece, pieces=sent.pieces)]

    def _stranger(self, segment: Segment) -> list[str]:
        """A connection that never came to be."""
        return [self._say("refused", port=segment.sport)] if is_refusal(segment) else []

    def _of_conversation(self, segment: Segment, known: _Conversation) -> list[str]:
        side = segment.source
        who = self.texts["reference" if side == known.reference else "program"]
        if segment.flags & SYN:
            known.first_bytes[side] = (segment.seq + 1) & 0xFFFF_FFFF
            if segment.flags & ACK:
                return [self._say("accepted", who=who)]
            drawn = [self._say("drawn", name=known.name)] if known.name else []
            return [self._say("connects", who=who), *drawn]
        said: list[str] = []
        if segment.length:
            said += self._data(segment, known, who)
        if segment.flags & RST:
            said.append(self._say("resets", who=who))
        elif segment.flags & FIN and side not in known.finished:
            said.append(self._say(self._closing(side, known), who=who))
            known.finished.add(side)
        return said

    def _closing(self, side: tuple[str, int], known: _Conversation) -> str:
        if side == known.reference and known.half_close:
            return "half-closes"
        return "closes" if known.finished else "closes first"

    def _data(self, segment: Segment, known: _Conversation, who: str) -> list[str]:
        side = segment.source
        # A capture that lost the SYN: the first bytes seen are taken for the first ones.
        first = known.first_bytes.setdefault(side, segment.seq)
        begin = (segment.seq - first) & 0xFFFF_FFFF
        end = begin + segment.length
        seen = known.seen.get(side, 0)
        known.seen[side] = max(seen, end)
        if end <= seen:
            return [self.texts["again"]]
        spans = [s for s in known.spans if s.begin < end and begin < s.end]
        if side == known.reference and spans:
            return [self._span(span, begin, who) for span in spans]
        if segment.length == 1:
            return [self._say("byte", who=who)]
        return [self._say("bytes", who=who, count=segment.length)]

    def _span(self, span: _Span, begin: int, who: str) -> str:
        names = " + ".join(span.sent.messages)
        if span.begin < begin:
            return self._say("goes on", names=names)
        return self._say(
            "sends", who=who, names=names, piece=span.sent.piece, pieces=span.sent.pieces
        )

    def _say(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values)


def _address(address: tuple[str, int]) -> tuple[str, int]:
    return plain(address[0]), address[1]


def _ends(one: tuple[str, int], other: tuple[str, int]) -> _Ends:
    """A connection's name, the same in both directions."""
    return (one, other) if one <= other else (other, one)
