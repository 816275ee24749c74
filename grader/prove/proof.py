"""The proof of a lab: what each made-up program came to, and what that says of the lab.

The rules:

- The model student and every right variant earn all points of their role.
- Every criterion that counts is lost by at least one mutant, and by the program that does
  nothing: silence earns no points.
- Every mutant loses a criterion, if the criteria speak of what it changes: if a graded
  scenario proves a criterion by a line of that kind (`stdout: contains: hello`). One that
  changes only what no criterion speaks of is a remark.
- A line under `expect:` of a graded scenario that proves nothing is never judged: it is
  either without its `proves:`, or there by mistake.
- Where the kernel does not tell what programs do, doubts are in their favour: what keeps its
  points there is a fault of the machine, not of the lab.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.judge.checks import check
from grader.judge.grade import judge
from grader.judge.model import Programs, Status
from grader.judge.traceback import last_traceback
from grader.lab.model import ROLES, Criterion, Lab, Level, Role, Text
from grader.lab.problems import LabProblem, Place
from grader.prove.asked import UnservableError, graded
from grader.prove.case import Case, Skipped
from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.mutants_connection import NOTHING
from grader.prove.places import Line, Places, kind_of
from grader.prove.variants import variants
from grader.prove.words import both, does
from grader.transcript import Transcript


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What one made-up program came to."""

    case: Case
    statuses: dict[str, Status]
    """The verdict of every criterion of its role that counts."""
    broken: frozenset[tuple[str, str]]
    """(scenario, finding) of all that it did not do, graded or not."""
    reasons: dict[str, tuple[str, str, Text]]
    """For a criterion lost: scenario, finding, and what came instead."""
    fault: str = ""
    """Why it could not be played, or not judged: the host's fault, or ours."""
    seen: bool = True
    """What it did could be read from the kernel. Else doubts are in a program's favour."""

    @property
    def lost(self) -> tuple[str, ...]:
        """The criteria that it does not pass, in the lab's order."""
        missed = (Status.FAIL, Status.PARTIAL)
        return tuple(name for name, status in self.statuses.items() if status in missed)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The criteria that no run said anything of."""
        return tuple(name for name, status in self.statuses.items() if status is Status.NOT_RUN)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """All made-up programs of a lab, and what could not be made."""

    cases: tuple[Case, ...]
    skipped: tuple[Skipped, ...]
    problems: tuple[LabProblem, ...]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What proving a lab came to. It is proved if there is neither a problem nor a fault."""

    lab: Lab
    trials: tuple[Trial, ...]
    skipped: tuple[Skipped, ...]
    problems: tuple[LabProblem, ...]
    remarks: tuple[LabProblem, ...]
    """What no criterion speaks of."""
    faults: tuple[str, ...]
    part: bool = False
    """Only some of the lab's scenarios were played: others may take points, too."""
    unplayed: int = 0
    """Programs that were not played: the proof was interrupted."""

    @property
    def proved(self) -> bool:
        """Whether the lab grades as it should; of a part it can't be said."""
        return not (self.problems or self.faults or self.part or self.unplayed)


def plan(lab: Lab, places: Places) -> Planned:
    """The programs to prove the lab with; all ids of one role differ."""
    cases: list[Case] = []
    skipped: list[Skipped] = []
    problems: list[LabProblem] = []
    for role in ROLES:
        if not graded(lab, role):
            continue
        try:
            program = model_student(lab, role)
        except UnservableError as error:
            problems.append(_problem(places.steps[error.scenario], error.said))
            continue
        what = "does all that is asked for"
        cases.append(Case(id="model", role=role, kind="model", what=what, program=program))
        for made, left_out in (variants(lab, role, program), mutants(lab, role, program)):
            cases += made
            skipped += left_out
    return Planned(cases=tuple(cases), skipped=tuple(skipped), problems=tuple(problems))


def examine(lab: Lab, case: Case, transcripts: Sequence[Transcript]) -> Trial:
    """Judge the runs of one program, as a student's would be."""
    of_role = _of_role(lab, case.role)
    name = program_name(lab, case.role)
    programs = Programs(
        server=name if case.role == "server" else None,
        client=name if case.role == "client" else None,
    )
    grade = judge(of_role, case.id, case.id, "", programs, transcripts)
    statuses = {judged.criterion.id: judged.status for judged in grade.criteria}
    scenario_of = {t.header.run: t.header.scenario for t in transcripts}
    reasons: dict[str, tuple[str, str, Text]] = {}
    for judged in grade.criteria:
        for finding in judged.findings:
            if finding.status is judged.status is not Status.PASS:
                where = scenario_of.get(finding.run, finding.run)
                found = (where, kind_of(finding.expectation), finding.what)
                reasons.setdefault(judged.criterion.id, found)
    faults = [run.problem or run.outcome for run in grade.runs if run.outcome == "not_run"]
    if case.kind != "mutant":
        faults += [_crash(one) for one in transcripts if one.end.outcome == "crashed"]
    faults += [
        f"{judged.criterion.id}: {judged.findings[0].what.in_language('en')}"
        for judged in grade.criteria
        if judged.status is Status.NOT_RUN and judged.findings[0].run
    ]
    return Trial(
        case=case,
        statuses=statuses,
        broken=frozenset(_broken(of_role, transcripts)),
        reasons=reasons,
        fault=faults[0] if faults else "",
        seen=all(t.header.facts == "kernel" for t in transcripts),
    )


def _crash(transcript: Transcript) -> str:
    """A right program that crashes is made wrong: whatever it loses says nothing of the lab."""
    trace = last_traceback(transcript.stderr)
    what = f" ({trace.type}: {trace.message})" if trace is not None else ""
    return (
        f"in {transcript.header.scenario} the program that Wiregrade made of the lab crashed{what}:"
        " this is a fault of Wiregrade, not of the lab"
    )


def program_name(lab: Lab, role: Role) -> str:
    """The file of a made-up program of that role: what it is recognised by stands in it."""
    word = next((word for word in lab.roles[role].words if word.isidentifier()), role)
    return f"{word}.py"


def conclude(
    lab: Lab,
    places: Places,
    planned: Planned,
    trials: Iterable[Trial],
    *,
    part: bool = False,
) -> Proof:
    """What the trials say of the lab.

    Of a role that has cases without a trial nothing is concluded from what lacks. Where the
    lab is but a `part`, points that are kept are remarks: scenarios left out may take them.
    """
    order = {(case.role, case.id): number for number, case in enumerate(planned.cases)}
    done = tuple(sorted(trials, key=lambda trial: order[trial.case.role, trial.case.id]))
    jury = _Jury(lab, places, tuple(trial for trial in done if not trial.fault))
    judged = {(t.case.role, t.case.id) for t in done if not t.fault}
    complete = {r for r in ROLES if all((r, c.id) in judged for c in planned.cases if c.role == r)}
    kept = tuple(jury.not_lost(complete))
    blind = not all(trial.seen for trial in done)
    return Proof(
        part=part,
        unplayed=len(planned.cases) - len(done),
        lab=lab,
        trials=done,
        skipped=planned.skipped,
        problems=_sorted(planned.problems, jury.problems(), () if blind or part else kept),
        remarks=_sorted(jury.remarks(), kept if part and not blind else ()),
        faults=(
            *(f"{t.case.role}: {t.case.id}: {t.fault}" for t in done if t.fault),
            # It may be the lab, and it may be that nobody could see what the program did.
            *(f"{one} (what programs do can't be read here)" for one in kept if blind),
        ),
    )


def _sorted(*problems: Iterable[LabProblem]) -> tuple[LabProblem, ...]:
    return tuple(sorted({one for several in problems for one in several}))


def _of_role(lab: Lab, role: Role) -> Lab:
    return replace(
        lab,
        scenarios=graded(lab, role),
        criteria=tuple(c for c in lab.criteria if c.role == role),
    )


def _broken(lab: Lab, transcripts: Sequence[Transcript]) -> Iterator[tuple[str, str]]:
    """All that did not hold, whether it proves something or not: as for advice."""
    for transcript in transcripts:
        scenario = replace(lab.scenario(transcript.header.scenario), level=Level.ADVICE)
        for finding in check(transcript, lab, scenario):
            if finding.status in (Status.FAIL, Status.PARTIAL):
                yield scenario.id, kind_of(finding.expectation)


def _problem(place: Place, *said: Text) -> LabProblem:
    english, french = ("".join(one.in_language(tongue) for one in said) for tongue in ("en", "fr"))
    return LabProblem(place, english, french)


def _told_of(case: Case) -> dict[str, Text | str]:
    """What sentences about a program say of it."""
    role = Text({"fr": {"server": "serveur", "client": "client"}[case.role], "en": case.role})
    return {"role": role, "does": does(case), "id": case.id}


@dataclass(frozen=True)
class _Jury:
    """Says what trials mean for a lab."""

    lab: Lab
    places: Places
    trials: tuple[Trial, ...]

    def problems(self) -> Iterator[LabProblem]:
        """Errors that no mutant is needed to see."""
        yield from self._idle_lines()
        for trial in self.trials:
            if trial.case.kind != "mutant":
                yield from self._losses(trial)
        for criterion in self._counted():
            yield from self._never_judged(criterion)

    def not_lost(self, complete: Iterable[Role]) -> Iterator[LabProblem]:
        """Points that are kept by who should lose them.

        Of a role whose trials are not complete nothing is concluded from what lacks.
        """
        for trial in self.trials:
            names = self._spoken(trial)
            if trial.case.kind == "mutant" and not trial.lost and names:
                yield from self._survivor(trial, names)
        for criterion in self._counted():
            if criterion.role in complete:
                yield from self._never_lost(criterion)

    def remarks(self) -> Iterator[LabProblem]:
        """Mutants that change only what no criterion speaks of."""
        for trial in self.trials:
            if trial.case.kind == "mutant" and not trial.lost and not self._spoken(trial):
                names = ", ".join(trial.case.touches)
                told = both("earns_unspoken", names=names, **_told_of(trial.case))
                yield _problem(self._any_line(trial), told)

    def _counted(self) -> Iterator[Criterion]:
        tried = {trial.case.role for trial in self.trials}
        return (c for c in self.lab.criteria if c.enabled and c.role in tried)

    def _counts(self, line: Line) -> bool:
        """Whether the line proves a criterion that counts."""
        return any(c.enabled and c.id == line.proves for c in self.lab.criteria)

    def _idle_lines(self) -> Iterator[LabProblem]:
        for line in self.places.lines:
            if line.in_expect and line.proves is None:
                yield _problem(line.place, both("idle", name=line.name))

    def _losses(self, trial: Trial) -> Iterator[LabProblem]:
        """A right program loses a criterion."""
        case = trial.case
        told = _told_of(case)
        who = both("the_model") if case.kind == "model" else both("a_right", **told)
        for criterion in trial.lost:
            if case.kind == "right" and criterion in self._lost_by_model(case.role):
                continue
            scenario, name, what = trial.reasons[criterion]
            place = next(
                (x.place for x in self.places.proving(criterion)
                 if x.scenario == scenario and x.name == name),
                self.places.criteria[criterion],
            )  # fmt: skip
            said = both("loses_here", who=who, criterion=criterion, what=what, **told)
            yield _problem(place, said)

    def _lost_by_model(self, role: Role) -> frozenset[str]:
        """What need not be said of every variant again."""
        models = (t for t in self.trials if t.case.kind == "model" and t.case.role == role)
        return frozenset(name for model in models for name in model.lost)

    def _spoken(self, trial: Trial) -> frozenset[str]:
        """What the mutant changes and the criteria speak of."""
        changed = {*trial.case.touches, *(name for _, name in trial.broken)}
        about = (x for x in self.places.lines if x.role == trial.case.role and self._counts(x))
        return frozenset(line.name for line in about) & changed

    def _survivor(self, trial: Trial, names: frozenset[str]) -> Iterator[LabProblem]:
        """A mutant earns all points: where a `proves:` is needed, or what proves too little."""
        case = trial.case
        told = _told_of(case)
        needed = [
            line for line in self.places.lines
            if (line.scenario, line.name) in trial.broken and line.proves is None
        ]  # fmt: skip
        for line in needed:
            criteria = ", ".join(
                dict.fromkeys(x.proves or "" for x in self._about(case.role, {line.name}))
            )
            said = [both("needed", name=line.name, **told)]
            said += [both("such_as", names=criteria)] if criteria else []
            yield _problem(line.place, *said)
        if not needed:
            for line in self._about(case.role, names):
                said = [both("holds", name=line.name, **told)]
                said += [both("drawn_too")] if line.name.startswith("stdout:") else []
                yield _problem(line.place, *said)

    def _about(self, role: Role, names: Iterable[str]) -> list[Line]:
        """The lines of that kind that prove something."""
        wanted = {*names}
        return [
            line for line in self.places.lines
            if line.role == role and line.name in wanted and self._counts(line)
        ]  # fmt: skip

    def _never_judged(self, criterion: Criterion) -> Iterator[LabProblem]:
        """Points that leave the total because of what the program does: nobody's fault."""
        for trial in self.trials:
            if criterion.id in trial.unjudged:
                told = both("never_judged", criterion=criterion.id, **_told_of(trial.case))
                yield _problem(self._first_proof(criterion), told)
                return

    def _never_lost(self, criterion: Criterion) -> Iterator[LabProblem]:
        trials = [t for t in self.trials if t.case.role == criterion.role]
        lost_by = [t for t in trials if t.case.kind == "mutant" and criterion.id in t.lost]
        place = self._first_proof(criterion)
        if not lost_by:
            yield _problem(place, both("never_lost", criterion=criterion.id))
        elif any(t.case.id == NOTHING and criterion.id not in t.lost for t in trials):
            yield _problem(place, both("idle_earns", criterion=criterion.id))

    def _first_proof(self, criterion: Criterion) -> Place:
        proving = self.places.proving(criterion.id)
        return proving[0].place if proving else self.places.criteria[criterion.id]

    def _any_line(self, trial: Trial) -> Place:
        """A place for a remark: what the mutant breaks, else the scenario."""
        broken = [x for x in self.places.lines if (x.scenario, x.name) in trial.broken]
        if broken:
            return broken[0].place
        return self.places.steps[graded(self.lab, trial.case.role)[0].id]
