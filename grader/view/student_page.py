"""What a student's page shows, as plain data.

Words are chosen here, numbers written, bytes cut and made visible; `grader.view.html` only
writes it all down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from grader.judge.hit import ADDRESSES
from grader.judge.model import Diagnosis, Finding, Grade, Judged, RunSummary, Status
from grader.lab.model import ROLES, Lab, Level, Role
from grader.runids import is_traced
from grader.submission import SourceFile
from grader.transcript import Transcript
from grader.view.bytes_view import TYPOGRAPHY, Run, escaped, prose, runs
from grader.view.call_section import CallSection, call_section
from grader.view.certified import certified_view, runs_to_show
from grader.view.detail import FULL, Detail
from grader.view.difference import Difference, difference
from grader.view.late import late_words
from grader.view.links import Links
from grader.view.mending import FIRST, Mistakes, told_alike
from grader.view.recorded import RecordedRuns
from grader.view.run_section import RunSection, run_section
from grader.view.source import Program, Source
from grader.view.strip import strip
from grader.view.student_model import (
    AdviceView,
    CriterionView,
    DiagnosisView,
    FindingView,
    RoleView,
    RunGroup,
    StudentPage,
)
from grader.view.student_words import page_words
from grader.view.timeline import row_of
from grader.view.words import SYMBOLS, decimal, milliseconds

__all__ = ["Links", "student_page"]


def student_page(
    lab: Lab,
    grade: Grade,
    transcripts: Mapping[str, Transcript],
    sources: Sequence[SourceFile],
    language: str,
    links: Links | None = None,
    detail: Detail = FULL,
) -> StudentPage:
    """Build the page of one grade. `transcripts` are by run id; missing ones are said to be."""
    linked = links or Links()
    programs = {s.path: Program(s.path, s.data, detail) for s in sources}
    maker = _Maker(lab, grade, language, programs, transcripts, linked, detail)
    notes = maker.notes()
    errors = maker.errors()
    passed = sum(j.status is Status.PASS for j in grade.criteria)
    return StudentPage(
        lab=lab.title.in_language(language),
        lab_id=lab.id,
        id=grade.id,
        name=runs(grade.name),
        score=decimal(grade.score, language),
        max_score=decimal(grade.max_score, language),
        share=float(grade.score / grade.max_score) if grade.max_score else 0.0,
        complete=grade.complete,
        problem=prose(grade.problem.message.in_language(language)) if grade.problem else (),
        passed=passed,
        total=len(grade.criteria),
        roles=tuple(maker.role(r) for r in ROLES if maker.asked(r)),
        errors=errors[:FIRST],
        later=errors[FIRST:],
        notes=notes.get("", ()),
        remarks=maker.remarks(),
        runs=maker.runs(),
        calls=maker.calls_without_run(),
        advice=maker.advice(notes),
        sources=maker.sources(),
        passages=maker.mistakes.passages(),
        seed=grade.seed,
        links=linked,
        certified=certified_view(grade, language),
        late=prose(late_words(grade, language)),
        abridged=maker.abridged(),
    )


def run_anchor(run: str) -> str:
    """The fragment of a run's section."""
    return f"run-{run}"


class _Maker:
    """What the parts of one page have in common."""

    def __init__(
        self,
        lab: Lab,
        grade: Grade,
        language: str,
        programs: Mapping[str, Program],
        transcripts: Mapping[str, Transcript],
        links: Links,
        detail: Detail,
    ) -> None:
        self.lab = lab
        self.grade = grade
        self.language = language
        self.programs = programs
        self.links = links
        self.detail = detail
        self.words = page_words(language)
        self.shown = tuple(run for run in grade.runs if run.id in runs_to_show(grade))
        self.recorded = RecordedRuns(lab, self.shown, transcripts, language, detail)
        self.traced = tuple(
            call_section(lab, transcripts[run], language, detail)
            for run in transcripts
            if is_traced(run)
        )
        self.scenarios = {run.id: run.scenario for run in grade.runs}
        self.missed = self._missed()
        self.numbered = tuple(enumerate(grade.diagnoses))
        self.mistakes = Mistakes(
            lab=lab,
            language=language,
            programs=programs,
            criteria={
                j.criterion.id: j.criterion.title.in_language(language) for j in grade.criteria
            },
            titles={run.id: self.run_title(run.id) for run in grade.runs},
            advice=self._advice_by_notion(),
        )

    def abridged(self) -> str:
        """That something is left out, and where the whole is; empty on most pages."""
        if self.detail is FULL:
            return ""
        whole = "abridged_whole" if self.links.records else "abridged_replay"
        return f"{self.words['abridged']} {self.words[whole]}"

    def errors(self) -> tuple[DiagnosisView, ...]:
        """Mistakes that cost points, the worst first."""
        return self._told(pair for pair in self.numbered if pair[1].level == "error")

    def notes(self) -> dict[str, tuple[DiagnosisView, ...]]:
        """Diagnoses that cost nothing, by advice scenario; under "" those of graded runs."""
        by_scenario: dict[str, list[tuple[int, Diagnosis]]] = {}
        for number, diagnosis in self.numbered:
            if diagnosis.level != "error":
                scenario = self._advice_of(diagnosis)
                by_scenario.setdefault(scenario, []).append((number, diagnosis))
        return {name: self._told(found) for name, found in by_scenario.items()}

    def _told(self, numbered: Iterable[tuple[int, Diagnosis]]) -> tuple[DiagnosisView, ...]:
        return tuple(
            self.mistakes.view(alike, further=not self._advice_of(alike[0][1]))
            for alike in told_alike(numbered, self.language)
        )

    def _advice_of(self, diagnosis: Diagnosis) -> str:
        """The advice scenario that showed it; nothing for what a graded run showed."""
        run = next((r for r in self.grade.runs if r.id == diagnosis.run), None)
        return run.scenario if run is not None and run.level is Level.ADVICE else ""

    def _advice_by_notion(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, dict[str, None]] = {}
        for diagnosis in self.grade.diagnoses:
            if diagnosis.level != "error" and (scenario := self._advice_of(diagnosis)):
                found.setdefault(diagnosis.about, {})[scenario] = None
        return {
            notion: [(advice_anchor(s), self.advice_title(s)) for s in scenarios]
            for notion, scenarios in found.items()
        }

    def advice_title(self, scenario: str) -> str:
        """The scenario's title and, where it tests one program, which."""
        known = next((s for s in self.lab.scenarios if s.id == scenario), None)
        title = scenario_title(self.lab, scenario, self.language)
        return f"{title} ({self.words[known.tests]})" if known else title

    def runs(self) -> tuple[RunGroup, ...]:
        """The runs by role, those that count first."""
        groups = []
        for role in (*ROLES, "both"):
            sections = [self._section(run) for run in self.shown if run.role == role]
            if sections:
                groups.append(
                    RunGroup(
                        name=self.words[role.capitalize()],
                        graded=tuple(s for s in sections if s.graded),
                        advice=tuple(s for s in sections if not s.graded),
                    )
                )
        return tuple(groups)

    def _section(self, run: RunSummary) -> RunSection:
        recorded = self.recorded.get(run.id)
        made = run_section(
            self.lab, run, recorded, self.grade.seed, self.language, self.links, self.programs,
            self.detail,
        )  # fmt: skip
        calls = next((c for c in self.traced if c.id.split("~")[0] == run.id), None)
        if made.tone is Status.PASS and run.id in self.missed:
            # It ran to its end, which is no success where something else was lost in it.
            made = replace(made, tone=Status.NOT_RUN, symbol=SYMBOLS[Status.NOT_RUN])
        return replace(made, calls=calls)

    def _missed(self) -> frozenset[str]:
        """Runs in which something that was expected did not hold."""
        judged = (f for j in self.grade.criteria for f in j.findings)
        found = (f for findings in (judged, self.grade.advice) for f in findings)
        return frozenset(f.run for f in found if f.status in (Status.FAIL, Status.PARTIAL))

    def calls_without_run(self) -> tuple[CallSection, ...]:
        """Traced runs of which the page shows no other run."""
        shown = {run.id for run in self.shown}
        return tuple(c for c in self.traced if c.id.split("~")[0] not in shown)

    def scenario(self, run: str) -> str:
        """The scenario of a run, which may be known by its id only."""
        return self.scenarios.get(run) or run.split("~")[0]

    def asked(self, role: Role) -> bool:
        return any(j.criterion.role == role for j in self.grade.criteria)

    def role(self, role: Role) -> RoleView:
        judged = [j for j in self.grade.criteria if j.criterion.role == role]
        counted = [j for j in judged if j.status is not Status.NOT_RUN]
        score = sum((j.counted for j in counted), Fraction(0))
        most = sum((j.criterion.points for j in counted), Fraction(0))
        return RoleView(
            role=role,
            name=self.words[role.capitalize()],
            program=runs(self.grade.programs.of(role) or ""),
            score=decimal(score, self.language),
            max_score=decimal(most, self.language),
            criteria=tuple(self.criterion(j) for j in judged),
        )

    def criterion(self, judged: Judged) -> CriterionView:
        criterion = judged.criterion
        # By criterion: server and client may have the same mistake, told otherwise.
        causes = [
            (number, d)
            for number, d in self.numbered
            if d.id in judged.diagnoses and criterion.id in d.criteria
        ]
        return CriterionView(
            id=criterion.id,
            role=criterion.role,
            title=criterion.title.in_language(self.language),
            requirement=criterion.requirement.in_language(self.language),
            hint=criterion.hint.in_language(self.language),
            status=judged.status,
            symbol=SYMBOLS[judged.status],
            word=self.words[judged.status],
            points="–"
            if judged.status is Status.NOT_RUN
            else decimal(judged.counted, self.language),
            max_points=decimal(criterion.points, self.language),
            causes=tuple((f"d{n}", prose(d.title.in_language(self.language))) for n, d in causes),
            findings=tuple(self.finding(f) for f in judged.findings),
        )

    def finding(self, finding: Finding, *, compared: bool = True) -> FindingView:
        """One finding; `compared`: with the two texts side by side where it is not a pass."""
        anchor, time = self._proof(finding)
        return FindingView(
            run=finding.run,
            anchor=anchor,
            title=self.run_title(finding.run),
            time=time,
            status=finding.status,
            symbol=SYMBOLS[finding.status],
            word=self.words[finding.status],
            what=prose(finding.what.in_language(self.language)),
            difference=self._difference(finding) if compared else None,
            remarks=tuple(prose(r.text.in_language(self.language)) for r in finding.remarks),
        )

    def _difference(self, finding: Finding) -> Difference | None:
        """The text expected and what came instead; nothing where they are as good as equal."""
        if finding.expected is None or finding.status is Status.PASS:
            return None
        found = difference(finding.expected, finding.actual or b"", self.detail.compared)
        return None if found.same else found

    def _proof(self, finding: Finding) -> tuple[str, str]:
        """Where the page shows the evidence: the moment in the run and its time, else the run."""
        rows = self.recorded.rows(finding.run)
        if (number := row_of(rows, finding.evidence)) is not None:
            return f"m{number}-{finding.run}", milliseconds(rows[number].t, self.language)
        return run_anchor(finding.run), ""

    def run_title(self, run: str) -> str:
        return scenario_title(self.lab, self.scenario(run), self.language)

    def remarks(self) -> tuple[tuple[Run, ...], ...]:
        """Remarks on the whole and on graded runs, each text once."""
        listed = list(self.grade.remarks)
        for judged in self.grade.criteria:
            for finding in judged.findings:
                listed += finding.remarks
        texts = dict.fromkeys(r.text.in_language(self.language) for r in listed)
        return (*self._adjusted(), *(prose(text) for text in texts))

    def _adjusted(self) -> Iterable[tuple[Run, ...]]:
        """Points by hand: what was judged, what counts, and why."""
        for judged in self.grade.criteria:
            if judged.adjusted is not None:
                said = self.words["adjusted"].format(
                    title=judged.criterion.title.in_language(self.language),
                    points=decimal(judged.counted, self.language),
                    judged=decimal(judged.points, self.language),
                    date=judged.adjusted.date,
                    why=judged.adjusted.why,
                )
                yield prose(said)

    def advice(self, notes: Mapping[str, tuple[DiagnosisView, ...]]) -> tuple[AdviceView, ...]:
        grouped: dict[str, list[Finding]] = {name: [] for name in notes if name}
        for finding in self.grade.advice:
            grouped.setdefault(self.scenario(finding.run), []).append(finding)
        order = {run.scenario: i for i, run in enumerate(self.grade.runs)}
        names = sorted(grouped, key=lambda name: order.get(name, len(order)))
        return tuple(self._advice(n, grouped[n], notes.get(n, ())) for n in names)

    def _advice(
        self, name: str, found: Sequence[Finding], notes: tuple[DiagnosisView, ...]
    ) -> AdviceView:
        holds = not notes and all(f.status is Status.PASS for f in found)
        known = next((s for s in self.lab.scenarios if s.id == name), None)
        swept = any(sweep.scenario == name for sweep in self.grade.sweeps)
        # A sweep was asked for, and each of its cuts is a fact: it does not wait.
        if known is not None and not swept and exchange_lost(self.grade, known.tests):
            return AdviceView(
                scenario=name,
                anchor=advice_anchor(name),
                title=scenario_title(self.lab, name, self.language),
                text="",
                role=self.words[known.tests],
                holds=False,
                findings=(),
                diagnoses=(),
                later=True,
            )
        advice = known.advice if known and not holds else None
        return AdviceView(
            scenario=name,
            anchor=advice_anchor(name),
            title=scenario_title(self.lab, name, self.language),
            text=advice.in_language(self.language) if advice else "",
            role=self.words[known.tests] if known else "",
            holds=holds,
            findings=tuple(
                self.finding(f, compared=False)
                for f in found
                if holds or f.status is not Status.PASS
            ),
            diagnoses=notes,
            sweep=next(
                (
                    strip(s, self.language, self.detail.cells)
                    for s in self.grade.sweeps
                    if s.scenario == name
                ),
                None,
            ),
        )

    def sources(self) -> tuple[Source, ...]:
        """The programs first, then what diagnoses point at."""
        programs = [self.grade.programs.of(role) for role in ROLES]
        named = [*programs, *(d.file for d in self.grade.diagnoses)]
        paths = [p for p in dict.fromkeys(named) if p is not None and p in self.programs]
        return tuple(
            self.programs[p].source(self._marks(p, "error"), self._marks(p, "remark"))
            for p in paths
        )

    def _marks(self, path: str, level: str) -> dict[int, str]:
        """Lines to mark in a file: what the diagnoses of that level say of them."""
        marks: dict[int, str] = {}
        for diagnosis in self.grade.diagnoses:
            line = diagnosis.line or diagnosis.look
            if (diagnosis.file, diagnosis.level) == (path, level) and line is not None:
                title = diagnosis.title.in_language(self.language)
                if level == "remark":
                    title = self.words["advice_mark"].format(title=title)
                marks.setdefault(line, escaped(title, keep=TYPOGRAPHY))
        return marks


def exchange_lost(grade: Grade, tests: str) -> bool:
    """Whether a program that a scenario tests lost some of the graded exchange.

    An address alone does not count: the exchange was made all the same.
    """
    return any(
        finding.status in (Status.FAIL, Status.PARTIAL) and finding.expectation not in ADDRESSES
        for judged in grade.criteria
        if tests in (judged.criterion.role, "both")
        for finding in judged.findings
    )


def advice_anchor(scenario: str) -> str:
    """The fragment of an advice scenario."""
    return f"advice-{scenario}"


def scenario_title(lab: Lab, scenario: str, language: str) -> str:
    """The scenario's title, or its id where the lab has it no more."""
    for known in lab.scenarios:
        if known.id == scenario:
            return known.title.in_language(language)
    return scenario
