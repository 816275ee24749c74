"""What a student's page shows, as plain data.

Words are chosen here, numbers written, bytes cut and made visible; `grader.view.html` only
writes it all down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.judge.model import Diagnosis, Finding, Grade, Judged, Status
from grader.lab.model import ROLES, Lab, Level, Role
from grader.runids import is_traced
from grader.submission import SourceFile
from grader.transcript import Transcript
from grader.view.bytes_view import TYPOGRAPHY, Run, escaped, prose, runs
from grader.view.call_section import CallSection, call_section
from grader.view.certified import certified_view, runs_to_show
from grader.view.difference import Difference, difference
from grader.view.run_section import RunSection, run_section
from grader.view.source import Excerpt, Source, excerpt, source
from grader.view.strip import strip
from grader.view.student_model import (
    AdviceView,
    CriterionView,
    DiagnosisView,
    FindingView,
    Links,
    RoleView,
    StudentPage,
)
from grader.view.words import SYMBOLS, decimal, words

__all__ = ["Links", "student_page"]


def student_page(
    lab: Lab,
    grade: Grade,
    transcripts: Mapping[str, Transcript],
    sources: Sequence[SourceFile],
    language: str,
    links: Links | None = None,
) -> StudentPage:
    """Build the page of one grade. `transcripts` are by run id; missing ones are said to be."""
    maker = _Maker(lab, grade, language, {s.path: s for s in sources})
    linked = links or Links()
    notes = maker.notes()
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
        errors=maker.errors(),
        notes=notes.get("", ()),
        remarks=maker.remarks(),
        runs=maker.runs(transcripts, linked),
        calls=maker.calls(transcripts),
        advice=maker.advice(notes),
        sources=maker.sources(),
        seed=grade.seed,
        links=linked,
        certified=certified_view(grade, language),
    )


def run_anchor(run: str) -> str:
    """The fragment of a run's section."""
    return f"run-{run}"


class _Maker:
    """What the parts of one page have in common."""

    def __init__(
        self, lab: Lab, grade: Grade, language: str, files: Mapping[str, SourceFile]
    ) -> None:
        self.lab = lab
        self.grade = grade
        self.language = language
        self.files = files
        self.words = words(language)

    def errors(self) -> tuple[DiagnosisView, ...]:
        listed = enumerate(self.grade.diagnoses)
        return tuple(self.diagnosis(i, d) for i, d in listed if d.level == "error")

    def notes(self) -> dict[str, tuple[DiagnosisView, ...]]:
        """Diagnoses that cost nothing, by advice scenario; under "" those of graded runs."""
        notes: dict[str, tuple[DiagnosisView, ...]] = {}
        levels = {run.id: run.level for run in self.grade.runs}
        for i, diagnosis in enumerate(self.grade.diagnoses):
            if diagnosis.level != "error":
                advice = levels.get(diagnosis.run) is Level.ADVICE
                scenario = self.scenario(diagnosis.run) if advice else ""
                notes[scenario] = (*notes.get(scenario, ()), self.diagnosis(i, diagnosis))
        return notes

    def runs(
        self, transcripts: Mapping[str, Transcript], links: Links
    ) -> tuple[tuple[str, tuple[RunSection, ...]], ...]:
        shown = runs_to_show(self.grade)
        by_role = (
            (
                self.words[role.capitalize()],
                tuple(
                    run_section(
                        self.lab,
                        run,
                        transcripts.get(run.id),
                        self.grade.seed,
                        self.language,
                        links.wires,
                    )
                    for run in self.grade.runs
                    if run.role == role and run.id in shown
                ),
            )
            for role in (*ROLES, "both")
        )
        return tuple((name, sections) for name, sections in by_role if sections)

    def calls(
        self, transcripts: Mapping[str, Transcript]
    ) -> tuple[tuple[str, tuple[CallSection, ...]], ...]:
        """The calls of the runs that were traced; they have no verdict and are in no grade."""
        # One at a time: they may lie on the disk.
        traced = [run for run in transcripts if is_traced(run)]
        sections = [call_section(self.lab, transcripts[run], self.language) for run in traced]
        by_role = (
            (self.words[role.capitalize()], tuple(s for s in sections if s.role == role))
            for role in ROLES
        )
        return tuple((name, found) for name, found in by_role if found)

    def scenario(self, run: str) -> str:
        """The scenario of a run, which may be known by its id only."""
        return next((r.scenario for r in self.grade.runs if r.id == run), run.split("~")[0])

    def asked(self, role: Role) -> bool:
        return any(j.criterion.role == role for j in self.grade.criteria)

    def role(self, role: Role) -> RoleView:
        judged = [j for j in self.grade.criteria if j.criterion.role == role]
        counted = [j for j in judged if j.status is not Status.NOT_RUN]
        score = sum((j.points for j in counted), Fraction(0))
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
        titles = {d.id: (i, d) for i, d in reversed(list(enumerate(self.grade.diagnoses)))}
        causes = [titles[name] for name in judged.diagnoses if name in titles]
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
            else decimal(judged.points, self.language),
            max_points=decimal(criterion.points, self.language),
            causes=tuple((f"d{i}", prose(d.title.in_language(self.language))) for i, d in causes),
            findings=tuple(self.finding(f) for f in judged.findings),
        )

    def finding(self, finding: Finding, *, compared: bool = True) -> FindingView:
        """One finding; `compared`: with the two texts side by side where it is not a pass."""
        return FindingView(
            run=finding.run,
            anchor=run_anchor(finding.run),
            title=self.run_title(finding.run),
            status=finding.status,
            symbol=SYMBOLS[finding.status],
            word=self.words[finding.status],
            what=prose(finding.what.in_language(self.language)),
            difference=_difference(finding) if compared else None,
            remarks=tuple(prose(r.text.in_language(self.language)) for r in finding.remarks),
        )

    def run_title(self, run: str) -> str:
        return scenario_title(self.lab, self.scenario(run), self.language)

    def diagnosis(self, index: int, diagnosis: Diagnosis) -> DiagnosisView:
        titles = {
            j.criterion.id: j.criterion.title.in_language(self.language)
            for j in self.grade.criteria
        }
        return DiagnosisView(
            anchor=f"d{index}",
            id=diagnosis.id,
            level=diagnosis.level,
            role=self.words[diagnosis.role],
            title=prose(diagnosis.title.in_language(self.language)),
            explanation=prose(diagnosis.explanation.in_language(self.language)),
            file=runs(diagnosis.file or ""),
            line=diagnosis.line,
            run=self.run_title(diagnosis.run),
            run_anchor=run_anchor(diagnosis.run),
            excerpt=self.excerpt(diagnosis),
            criteria=tuple((c, titles[c]) for c in diagnosis.criteria if c in titles),
        )

    def excerpt(self, diagnosis: Diagnosis) -> Excerpt | None:
        file = self.files.get(diagnosis.file or "")
        if file is None or diagnosis.line is None:
            return None
        return excerpt(file.data, diagnosis.line)

    def remarks(self) -> tuple[tuple[Run, ...], ...]:
        """Remarks on the whole and on graded runs, each text once."""
        listed = list(self.grade.remarks)
        for judged in self.grade.criteria:
            for finding in judged.findings:
                listed += finding.remarks
        texts = dict.fromkeys(r.text.in_language(self.language) for r in listed)
        return tuple(prose(text) for text in texts)

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
        advice = known.advice if known and not holds else None
        return AdviceView(
            scenario=name,
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
                (strip(s, self.language) for s in self.grade.sweeps if s.scenario == name), None
            ),
        )

    def sources(self) -> tuple[Source, ...]:
        """The programs first, then what diagnoses point at."""
        programs = [self.grade.programs.of(role) for role in ROLES]
        named = [*programs, *(d.file for d in self.grade.diagnoses)]
        paths = [p for p in dict.fromkeys(named) if p is not None and p in self.files]
        return tuple(source(p, self.files[p].data, self._marks(p)) for p in paths)

    def _marks(self, path: str) -> dict[int, str]:
        """Lines to mark in a file: what the diagnoses say of them."""
        marks: dict[int, str] = {}
        for diagnosis in self.grade.diagnoses:
            if diagnosis.file == path and diagnosis.line is not None:
                title = diagnosis.title.in_language(self.language)
                marks.setdefault(diagnosis.line, escaped(title, keep=TYPOGRAPHY))
        return marks


def _difference(finding: Finding) -> Difference | None:
    """The text expected and what came instead; nothing where they are as good as equal."""
    if finding.expected is None or finding.status is Status.PASS:
        return None
    found = difference(finding.expected, finding.actual or b"")
    return None if found.same else found


def scenario_title(lab: Lab, scenario: str, language: str) -> str:
    """The scenario's title, or its id where the lab has it no more."""
    for known in lab.scenarios:
        if known.id == scenario:
            return known.title.in_language(language)
    return scenario
