"""What a run of two programs came to: whether they got to the end, and if not, who kept whom.

No points depend on it. The cause is told once; what follows from it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.judge.checks import check_facts
from grader.judge.model import Finding, RunSummary, Status
from grader.judge.own_calls import own_text
from grader.judge.pair_words import SENTENCES
from grader.judge.pointing import line_text
from grader.judge.sides import OTHER, Side, sides_of
from grader.judge.situation import POLLS, method, situation_entries
from grader.judge.wording import at_line, fill, program
from grader.lab.model import ROLES, Lab, Role, Scenario, Text
from grader.transcript import UNPLAYED, Exited, LimitReached, Recorded, Segment, Transcript

WORKS = "works"
SUMMARY = "pair"
"""The name of the finding that says how the pair came out."""
_STOPPED = frozenset({"timeout", "limit"})


@dataclass(frozen=True, kw_only=True)
class PairVerdict:
    """How a pair came out. `code` is stable: a key of `pair_words.SENTENCES`."""

    code: str
    text: Text
    blame: Role | None = None
    """The program that keeps the pair from getting to the end; None: both, or neither."""
    evidence: tuple[int, ...] = ()

    @property
    def deadlock(self) -> bool:
        """Each waits for the other."""
        return self.code.startswith("both-wait")

    @property
    def works(self) -> bool:
        """Everything was sent, received and printed, and both ended."""
        return self.code == WORKS


def judge_pair(transcript: Transcript, lab: Lab, scenario: Scenario) -> PairVerdict:
    """The verdict on one pair."""
    return _Judge(transcript, lab, scenario).verdict()


def check_pair(
    transcript: Transcript,
    lab: Lab,
    scenario: Scenario,
    sources: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """The verdict as a finding, then what was expected of each; nothing of a run not played.

    Where they did not get to the end, what did not come is a consequence and is left out.
    `sources`: the programs at hand, by path, for the calls as their lines have them.
    """
    outcome = transcript.end.outcome
    cut = outcome in _STOPPED and transcript.end.t < lab.limits.promised * 1e9
    if outcome in UNPLAYED or cut:
        return ()  # one that is cut before the promised time may have got there yet
    judge = _Judge(transcript, lab, scenario, sources)
    verdict = judge.verdict()
    findings = judge.findings()
    if verdict.code not in (WORKS, "unsent", "unprinted"):
        findings = tuple(f for f in findings if f.status is not Status.FAIL)
    whole = Finding(
        run=transcript.header.run,
        expectation=SUMMARY,
        criterion=None,
        status=Status.PASS if verdict.works else Status.FAIL,
        what=verdict.text,
        evidence=verdict.evidence,
    )
    return (whole, *findings)


def summary_of(transcript: Recorded, scenario: Scenario) -> RunSummary:
    """The run as results.json has it; two programs have two endings, so it names none."""
    end, header = transcript.end, transcript.header
    return RunSummary(
        id=header.run,
        scenario=header.scenario,
        role="both",
        level=scenario.level,
        delivery=header.delivery,
        outcome=end.outcome,
        limit=end.limit,
        exit=None,
        seconds=end.t / 1e9,
        problem=end.problem,
    )


class _Judge:
    def __init__(
        self,
        transcript: Transcript,
        lab: Lab,
        scenario: Scenario,
        sources: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        self.transcript = transcript
        self.sources = sources
        self.sides: Mapping[Role, Side] = sides_of(transcript, lab, scenario)
        self.segments = [(i, e) for i, e in enumerate(transcript.entries) if isinstance(e, Segment)]

    def findings(self) -> tuple[Finding, ...]:
        """What was expected of each, one after the other."""
        return tuple(
            side.told(finding)
            for side in self.sides.values()
            if side.started
            for finding in check_facts(side.facts)
        )

    def verdict(self) -> PairVerdict:
        end = self.transcript.end
        last = (len(self.transcript.entries) - 1,)
        if end.outcome in UNPLAYED:
            return _made(end.outcome, evidence=last, reason=end.problem)
        if end.outcome in _STOPPED:
            return self._limit()
        if not self.sides["client"].started:
            return self._never_listened()
        connected = any(e.kind == "connected" for _, e in self.segments)
        if not connected and (refused := self._refused()) is not None:
            return refused
        return self._crash() or self._stuck() or self._unfinished(connected=connected)

    def _limit(self) -> PairVerdict:
        end = self.transcript.end
        struck: str = next(
            (e.side for e in self.transcript.entries if isinstance(e, LimitReached)), ""
        )
        left = [s.role for s in self.sides.values() if s.started and s.facts.exited is None]
        if not struck and len(left) == 1:  # the other one had ended
            (struck,) = left
        role = next((role for role in ROLES if role == struck), None)
        code = "too-long" if end.outcome == "timeout" else "limit"
        return _made(code, blame=role, evidence=(len(self.transcript.entries) - 1,))

    def _never_listened(self) -> PairVerdict:
        server = self.sides["server"]
        code = "no-listener"
        if server.facts.end.outcome == "crashed":
            code = "no-listener-crashed"
        elif server.facts.datagram:
            code = "no-listener-udp"
        return _made(
            code, blame="server", evidence=self._where(server), line=_line(server),
            server=_place(server),
        )  # fmt: skip

    def _refused(self) -> PairVerdict | None:
        found = next(((i, e) for i, e in self.segments if e.kind == "refused"), None)
        if found is None:
            return None
        index, refused = found
        listeners = [e.port for _, e in self.sides["server"].facts.listeners]
        if refused.port in listeners or not listeners:
            return _made("refused", evidence=(index,), called=refused.port)
        asked = self.sides["server"].facts.lab.port
        blame: Role = "client" if asked in listeners else "server"
        return _made(
            "wrong-port", blame=blame, evidence=(index,), called=refused.port, listened=listeners[0]
        )

    def _crash(self) -> PairVerdict | None:
        """The first that crashed: the other may have done so because of it."""
        crashed = [s for s in self.sides.values() if s.facts.end.outcome == "crashed"]
        if not crashed:
            return None
        first = min(crashed, key=_ended_at)
        code = f"{first.role}-crashed"
        return _made(code, blame=first.role, evidence=self._where(first), line=_line(first))

    def _stuck(self) -> PairVerdict | None:
        stuck = [s for s in self.sides.values() if s.facts.end.outcome == "stuck"]
        evidence = tuple(sorted({i for side in stuck for i in self._where(side)}))
        places: dict[str, Text] = {side.role: self._place(side) for side in stuck}
        if len(stuck) == 2:
            code = "both-wait-merged" if self._all_came_at_once() else "both-wait"
            return _made(code, None, evidence, **places)
        if stuck:
            role = stuck[0].role
            return _made(f"{role}-waits", role, evidence, **places)
        return None

    def _all_came_at_once(self) -> bool:
        """Everything was sent and printed, and what the client sent came in one piece.

        So the server may read once more for a message that it has already.
        """
        lost = any(f.status is Status.FAIL for f in self.findings() if ".stdout:" in f.expectation)
        sent = [e.side for _, e in self.segments if e.kind == "data"]
        return not lost and sent[-2:] == ["client", "client"]

    def _unfinished(self, *, connected: bool) -> PairVerdict:
        """Both have ended: did they do what they should?"""
        if not connected:
            return _made(
                "no-connection", blame="client", evidence=self._where(self.sides["client"])
            )
        for side in self.sides.values():
            if side.unsent:
                sender = OTHER[side.role]
                return _made(
                    "unsent", blame=sender, evidence=self._where(self.sides[sender]),
                    program=program(sender), messages=", ".join(sorted(side.unsent)),
                )  # fmt: skip
        lost = [(self._side_of(f), f) for f in self.findings() if f.status is Status.FAIL]
        if lost:
            side, finding = lost[0]
            message = finding.expectation.rpartition(":")[2]
            return _made(
                "unprinted", blame=side.role, evidence=finding.evidence,
                program=program(side.role), message=message,
            )  # fmt: skip
        done = tuple(i for i, e in self.segments if e.kind == "data")
        return _made(WORKS, evidence=done[:6])

    def _side_of(self, finding: Finding) -> Side:
        return self.sides["server" if finding.expectation.startswith("server.") else "client"]

    def _place(self, side: Side) -> Text:
        """Where it is stuck, in the words of its own line."""
        source = self.sources.get(side.facts.header.program, b"")
        return own_text(_place(side), lambda number: line_text(source, number))

    def _where(self, side: Side) -> tuple[int, ...]:
        return tuple(side.origin[i] for i in situation_entries(side.facts))


def _made(
    code: str, blame: Role | None = None, evidence: tuple[int, ...] = (), **fields: object
) -> PairVerdict:
    text = fill(SENTENCES[code], **fields)
    return PairVerdict(code=code, text=text, blame=blame, evidence=evidence)


def _ended_at(side: Side) -> int:
    exits = side.facts.all(Exited)
    return exits[-1][1].t if exits else side.facts.end.t


def _line(side: Side) -> Text:
    """« , ligne 14 », where it is known."""
    facts = side.facts
    if facts.traceback is not None:
        return at_line(facts.traceback.place.line if facts.traceback.place else None)
    return at_line(facts.position[1].line if facts.position else None)


def _place(side: Side) -> Text:
    """« recv(), ligne 14 »."""
    call = side.facts.stuck_call
    line = _line(side)
    name = method(call[1]) if call is not None else "?"
    if call is not None and call[1].name in POLLS and call[1].name in name:
        name = "select()"
    names = {"fr": name or "un appel", "en": name or "a call"}
    return Text({language: f"{n}{line.in_language(language)}" for language, n in names.items()})
