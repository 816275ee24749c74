"""A run of two programs as each of them lived it: as if the other had been the reference.

So what is known of one program against the reference (its prints, its end, where it stands)
can be asked of each of the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from grader import transcript as tr
from grader.judge.facts import JUDGED, Facts
from grader.judge.model import Finding, Status
from grader.lab.model import ROLES, ExpectStdout, Lab, Role, Scenario
from grader.matching import compare, find_message
from grader.sharing import allocate

OTHER: dict[Role, Role] = {"server": "client", "client": "server"}
_HERE = "127.0.0.1"


@dataclass(frozen=True)
class Side:
    """One of the two: its facts, and where their entries stand in the whole transcript."""

    role: Role
    facts: Facts
    origin: tuple[int, ...]
    started: bool
    unsent: frozenset[str]
    """Messages that it should have got and print, and that the other one never sent."""

    def told(self, finding: Finding) -> Finding:
        """A finding of this side as one of the whole run."""
        evidence = tuple(self.origin[i] for i in finding.evidence)
        name = f"{self.role}.{finding.expectation}"
        return replace(finding, expectation=name, evidence=evidence)


def sides_of(transcript: tr.Transcript, lab: Lab, scenario: Scenario) -> dict[Role, Side]:
    """Both sides of a run of role `both`."""
    return {role: _side(transcript, lab, scenario, role) for role in ROLES}


def _side(transcript: tr.Transcript, lab: Lab, scenario: Scenario, role: Role) -> Side:
    sent = _sent_to(transcript, lab, scenario, role)
    placed = [
        (index, own)
        for index, entry in enumerate(transcript.entries)
        if (own := _as_seen_by(role, entry)) is not None
    ]
    ends = [pair for pair in placed if isinstance(pair[1], tr.Ended)]
    own_end = ends[0] if len(ends) > 1 else _never_ran(transcript)
    placed = [pair for pair in placed if not isinstance(pair[1], tr.Ended)] + [own_end]
    header = msgspec.structs.replace(
        transcript.header,
        role=role,
        texts={**transcript.header.texts, **sent.texts},
        program=transcript.header.program if role == "server" else transcript.header.partner,
    )
    seen = tr.of(header, [entry for _, entry in placed])
    expect = scenario.expect_of.get(role, ())
    if sent.swapped:  # what comes first is printed first
        expect = tuple(replace(e, after=None) if isinstance(e, ExpectStdout) else e for e in expect)
    alone = replace(scenario, tests=role, expect=expect, expect_of={})
    return Side(
        role=role,
        facts=Facts(seen, lab, alone),
        origin=tuple(index for index, _ in placed),
        started=any(isinstance(entry, tr.Started) for _, entry in placed),
        unsent=sent.missing,
    )


def _never_ran(transcript: tr.Transcript) -> tuple[int, tr.Ended]:
    end = transcript.end
    return len(transcript.entries) - 1, tr.Ended(t=end.t, outcome="skipped")


def _as_seen_by(role: Role, entry: tr.AnyEntry) -> tr.AnyEntry | None:
    if isinstance(entry, tr.Segment):
        return _segment(role, entry)
    return entry if entry.side in ("", role) else None


def _segment(role: Role, entry: tr.Segment) -> tr.AnyEntry | None:
    own = entry.side == role
    t = entry.t
    match entry.kind:
        case "connected":
            called, caller = (_HERE, entry.port), (_HERE, 0)
            local, remote = (caller, called) if role == "server" else (called, caller)
            return tr.Connected(t=t, local=local, remote=remote)
        case "refused":
            refused = tr.Dialed(t=t, protocol="tcp", address=_HERE, port=entry.port)
            return refused if role == "client" else None
        case "data":
            if own:
                return tr.Received(t=t, data=entry.data)
            return tr.Sent(t=t, data=entry.data, messages=())
        case "fin":
            return tr.EndOfStream(t=t) if own else tr.Closed(t=t, how="close")
        case "rst":
            return tr.ConnectionReset(t=t) if own else tr.Closed(t=t, how="reset")
    return None


# --- what was to be printed --------------------------------------------------------------


@dataclass(frozen=True)
class _Sent:
    """The messages that one side had to print, as the other one sent them."""

    texts: dict[str, str]
    missing: frozenset[str] = frozenset()
    swapped: bool = False


def _sent_to(transcript: tr.Transcript, lab: Lab, scenario: Scenario, role: Role) -> _Sent:
    if any(isinstance(entry, tr.WireLoss) for entry in transcript.entries):
        return _Sent({})  # what was sent is not known: the words of the statement
    names = [e.message for e in scenario.expect_of.get(role, ()) if isinstance(e, ExpectStdout)]
    stream = b"".join(
        e.data
        for e in transcript.entries
        if isinstance(e, tr.Segment) and e.kind == "data" and e.side == OTHER[role]
    )[:JUDGED]
    wanted = [lab.messages[name].text for name in names]
    shares = allocate(stream, wanted, lab.tolerance)
    found = {
        name: _message(stream[share], text, lab)
        for name, text, share in zip(names, wanted, shares, strict=True)
    }
    empty = [name for name, text in found.items() if not any(map(str.isalnum, text))]
    elsewhere = {
        name: _decoded(stream[span])
        for name in empty
        if (span := find_message(lab.messages[name].text, stream, lab.tolerance)) is not None
    }
    texts = {name: text for name, text in found.items() if name not in empty} | elsewhere
    return _Sent(texts, frozenset(empty) - frozenset(elsewhere), bool(elsewhere))


def _message(share: bytes, text: str, lab: Lab) -> str:
    """The message as it was sent, without what stands around it where it can be told."""
    match = compare(text, share, lab.tolerance)
    return _decoded(share[match.span] if match.status is not Status.FAIL else share).strip()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
