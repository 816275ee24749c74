"""From runs to points: one submission's grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from grader.judge.certify import certification, settled
from grader.judge.checks import check_facts
from grader.judge.criteria import judge_criterion, not_played, with_requirements
from grader.judge.diagnosis import Examined, diagnose, missing_program
from grader.judge.facts import Facts, Shelf
from grader.judge.model import (
    Diagnosis,
    Finding,
    Grade,
    Judged,
    Problem,
    Programs,
    Remark,
    RunSummary,
    Status,
    Sweep,
)
from grader.judge.pair import check_pair, summary_of
from grader.judge.pointing import in_own_words, pointed
from grader.judge.sweep import swept
from grader.lab.model import ROLES, Criterion, Demand, Lab, Level, Role, Scenario
from grader.lab.sayings import sayings_of
from grader.lab.sweep import is_sweep
from grader.runids import number_of
from grader.submission import MissingRole
from grader.transcript import Recorded


def judge(
    lab: Lab,
    submission_id: str,
    name: str,
    seed: str,
    programs: Programs,
    transcripts: Sequence[Recorded],
    remarks: Sequence[Remark] = (),
    problem: Problem | None = None,
    missing: Sequence[MissingRole] = (),
    sources: Mapping[str, bytes] = MappingProxyType({}),
) -> Grade:
    """The grade of one submission from the transcripts of its runs, read one at a time.

    `problem` is that of the whole submission, `missing` says why a role could not be run.
    `sources` are the programs by path: they say where to look, and decide nothing.
    Transcripts of scenarios that the lab no longer has are ignored.
    """
    known = {scenario.id: scenario for scenario in lab.scenarios}
    runs = [(t, known[t.header.scenario]) for t in transcripts if t.header.scenario in known]
    pairs = [(t, scenario) for t, scenario in runs if scenario.tests == "both"]
    shelf = Shelf()
    examined = [
        Examined(facts, check_facts(facts))
        for t, scenario in runs
        if scenario.tests != "both"
        for facts in (Facts(t, lab, scenario, shelf),)
    ]
    absent = {m.role: m.problem for m in missing}
    whole = [e for e in examined if not is_sweep(e.facts.scenario)]
    counted = settled(whole)
    sweeps = swept(lab, examined, counted)
    counted += [e for e in examined if e.facts.header.run in {s.run for s in sweeps}]
    sayings = sayings_of(lab)
    texts = [message.text for message in lab.messages.values()]
    found = [
        *(pointed(d, sources, texts, sayings) for d in diagnose(lab, counted)),
        *_missing(lab, problem, missing),
    ]
    diagnoses = sorted(found, key=lambda d: (d.level != "error", ROLES.index(d.role)))
    graded = [e for e in counted if e.facts.scenario.level is Level.GRADED]
    told = [f for e in graded for f in _told(e, sources, programs)]
    criteria = with_requirements(
        [
            _judged(c, told, diagnoses, problem or absent.get(c.role))
            for c in lab.criteria
            if c.enabled
        ]
    )
    played = [j for j in criteria if j.status is not Status.NOT_RUN]
    return Grade(
        id=submission_id,
        name=name,
        seed=seed,
        programs=programs,
        score=sum((j.points for j in played), Fraction(0)),
        max_score=sum((j.criterion.points for j in played), Fraction(0)),
        complete=len(played) == len(criteria),
        criteria=criteria,
        advice=(*_advice(counted, sources, programs), *_of_pairs(lab, pairs, sources)),
        runs=(*_summaries(examined, sweeps), *(summary_of(t, s) for t, s in pairs)),
        diagnoses=tuple(diagnoses),
        remarks=(*remarks, *_said_only(graded)),
        problem=problem,
        certification=certification(whole),
        sweeps=sweeps,
    )


def _of_pairs(
    lab: Lab, pairs: Iterable[tuple[Recorded, Scenario]], sources: Mapping[str, bytes]
) -> Iterable[Finding]:
    """What the student's two programs came to with each other; a repeat says nothing more."""
    for transcript, scenario in pairs:
        if number_of(transcript.header.run) == 1:
            yield from check_pair(transcript.read(), lab, scenario, sources)


def _judged(
    criterion: Criterion,
    told: Sequence[Finding],
    diagnoses: Sequence[Diagnosis],
    problem: Problem | None,
) -> Judged:
    findings = [f for f in told if f.criterion == criterion.id]
    causes = tuple(d.id for d in diagnoses if criterion.id in d.criteria)
    if not findings:
        return not_played(criterion, problem, causes)
    return judge_criterion(criterion, findings, causes)


def _missing(
    lab: Lab, problem: Problem | None, missing: Sequence[MissingRole]
) -> Iterable[Diagnosis]:
    """The cause of criteria that have no program to be tried with."""
    for role, why in [(m.role, m.problem) for m in missing]:
        if problem is not None or why.blame != "student":
            continue
        found = missing_program(lab, role, why, _criteria(lab, role))
        if found is not None:
            yield found


def _criteria(lab: Lab, role: Role) -> tuple[str, ...]:
    return tuple(c.id for c in lab.criteria if c.enabled and c.role == role)


def _said_only(graded: Iterable[Examined]) -> Iterable[Remark]:
    """What graded runs ask for as advice, and was not so: said, and costs nothing."""
    said: dict[str, Remark] = {}
    for e in graded:
        for f in e.findings:
            if f.demand is Demand.ADVICE and f.status in (Status.FAIL, Status.PARTIAL):
                name = f"{e.facts.header.scenario}/{f.expectation}"
                said.setdefault(name, Remark(code="advice", text=f.what))
    return said.values()


def _advice(
    examined: Iterable[Examined], sources: Mapping[str, bytes], programs: Programs
) -> Iterable[Finding]:
    for e in examined:
        if e.facts.scenario.level is Level.ADVICE and not e.is_cut:
            told = _told(e, sources, programs)
            yield from (f for f in told if f.status is not Status.NOT_RUN)


def _told(
    examined: Examined, sources: Mapping[str, bytes], programs: Programs
) -> Iterable[Finding]:
    """The findings of a run, with calls as its program has them."""
    source = sources.get(programs.of(examined.facts.role) or "")
    return (in_own_words(f, source) for f in examined.findings)


def _summaries(examined: Sequence[Examined], sweeps: Sequence[Sweep]) -> Iterable[RunSummary]:
    """A line for each run; a sweep has one, that of the run to look at, with all its seconds."""
    shown = {sweep.scenario: sweep.run for sweep in sweeps}
    seconds: dict[str, float] = {}
    for e in examined:
        header = e.facts.header
        if is_sweep(e.facts.scenario):
            shown.setdefault(header.scenario, header.run)
        seconds[header.scenario] = seconds.get(header.scenario, 0.0) + e.facts.end.t / 1e9
    for e in examined:
        header = e.facts.header
        line = _summary(e.facts)
        if header.scenario not in shown:
            yield line
        elif header.run == shown[header.scenario]:
            yield replace(line, seconds=seconds[header.scenario])


def _summary(facts: Facts) -> RunSummary:
    end = facts.end
    ending: dict[str, int | str] | None = None
    if facts.exited is not None:
        exited = facts.exited[1]
        if exited.signal is not None:
            ending = {"signal": exited.signal}
        elif exited.status is not None:
            ending = {"status": exited.status}
    return RunSummary(
        id=facts.header.run,
        scenario=facts.header.scenario,
        role=facts.role,
        level=facts.scenario.level,
        delivery=facts.header.delivery,
        outcome=end.outcome,
        limit=end.limit,
        exit=ending,
        seconds=end.t / 1e9,
        problem=end.problem,
    )
