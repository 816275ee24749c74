"""What a student's page shows, as plain data.

Words are chosen here, numbers written, bytes cut and made visible; `grader.view.html` only
writes it all down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.judge.model import Diagnosis, Grade, RunSummary, Status
from grader.lab.model import ROLES, ExpectExit, Lab, Level
from grader.runids import is_traced
from grader.submission import SourceFile
from grader.transcript import Transcript
from grader.view.advice_section import AdviceSection
from grader.view.bytes_view import TYPOGRAPHY, Run, escaped, prose, runs
from grader.view.call_section import CallSection, call_section
from grader.view.certified import certified_view, runs_to_show
from grader.view.criteria_section import CriteriaSection
from grader.view.detail import FULL, Detail
from grader.view.difference import Difference
from grader.view.late import late_words
from grader.view.links import Links
from grader.view.mending import FIRST, Mistakes, told_alike
from grader.view.recorded import RecordedRuns
from grader.view.run_section import RunSection, run_section
from grader.view.sequence import last_words
from grader.view.source import Program, Source
from grader.view.student_model import CriterionView, DiagnosisView, RunGroup, StudentPage
from grader.view.student_words import page_words
from grader.view.words import SYMBOLS, decimal

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
    errors = maker.errors()
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
        roles=maker.roles,
        errors=errors[:FIRST],
        left=maker.left(FIRST - len(errors)),
        later=errors[FIRST:],
        notes=notes.get("", ()),
        remarks=maker.remarks(),
        runs=maker.runs(),
        calls=maker.calls_without_run(),
        advice=maker.advice.views(notes),
        sources=maker.sources(),
        seed=grade.seed,
        links=linked,
        certified=certified_view(grade, language),
        late=prose(late_words(grade, language)),
        abridged=maker.abridged(),
    )


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
        sources = {path: program.data for path, program in programs.items()}
        self.recorded = RecordedRuns(lab, self.shown, transcripts, language, detail, sources)
        self.traced = tuple(
            call_section(lab, transcripts[run], language, detail)
            for run in transcripts
            if is_traced(run)
        )
        self.criteria = CriteriaSection(lab, grade, self.recorded, language, detail)
        self.advice = AdviceSection(lab, grade, self.criteria, language, detail)
        self.roles = self.criteria.roles()
        self.missed = self._missed()
        self.telling: dict[str, str] = {
            d.role: d.run for d in reversed(grade.diagnoses) if d.level == "error"
        }
        """By role, the run that shows its worst mistake; else what was lost without one."""
        for criterion in self.left(FIRST):
            lost = (f.run for f in criterion.findings if f.status is not Status.PASS)
            self.telling.setdefault(criterion.role, next(lost, ""))
        self.endings: set[tuple[str, str, str]] = set()
        """How the graded runs ended that are open."""
        self.numbered = tuple(enumerate(grade.diagnoses))
        self.mistakes = Mistakes(
            lab=lab,
            language=language,
            programs=programs,
            criteria={
                j.criterion.id: j.criterion.title.in_language(language) for j in grade.criteria
            },
            titles={run.id: self.criteria.run_title(run.id) for run in grade.runs},
            advice=self.advice.by_notion(),
            compared=self._compared(),
            errors={
                f.run: f.actual
                for j in grade.criteria
                for f in j.findings
                if f.expectation == "exit" and f.status is Status.FAIL and f.actual
            },
        )

    def _compared(self) -> dict[tuple[str, str], Difference]:
        """By run and criterion, the first two texts that are side by side."""
        found: dict[tuple[str, str], Difference] = {}
        for criterion in (c for role in self.roles for c in role.criteria):
            for f in criterion.findings:
                if f.difference is not None:
                    found.setdefault((f.run, criterion.id), f.difference)
        return found

    def abridged(self) -> str:
        """That something is left out, and where the whole is; empty on most pages."""
        if self.detail is FULL:
            return ""
        whole = "abridged_whole" if self.links.records else "abridged_replay"
        return f"{self.words['abridged']} {self.words[whole]}"

    def errors(self) -> tuple[DiagnosisView, ...]:
        """Mistakes that cost points, the worst first."""
        return self._told(pair for pair in self.numbered if pair[1].level == "error")

    def left(self, room: int) -> tuple[CriterionView, ...]:
        """What was lost without a mistake that explains it: so many at most."""
        if self.grade.problem is not None:
            return ()  # which is told instead
        lost = (Status.FAIL, Status.PARTIAL)
        criteria = (c for role in self.roles for c in role.criteria)
        return tuple([c for c in criteria if c.status in lost and not c.causes][: max(room, 0)])

    def notes(self) -> dict[str, tuple[DiagnosisView, ...]]:
        """Diagnoses that cost nothing, by advice scenario; under "" those of graded runs."""
        by_scenario: dict[str, list[tuple[int, Diagnosis]]] = {}
        for number, diagnosis in self.numbered:
            if diagnosis.level != "error":
                scenario = self.advice.of(diagnosis)
                found = by_scenario.setdefault(scenario, [])
                if not self.advice.withholds(scenario):
                    found.append((number, diagnosis))
        return {name: self._told(found) for name, found in by_scenario.items()}

    def _told(self, numbered: Iterable[tuple[int, Diagnosis]]) -> tuple[DiagnosisView, ...]:
        return tuple(
            self.mistakes.view(alike, further=not self.advice.of(alike[0][1]))
            for alike in told_alike(numbered, self.language)
        )

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
                        advice=tuple(s for s in sections if not s.graded and not s.unplayed),
                        unplayed=tuple(s for s in sections if not s.graded and s.unplayed),
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
        if made.tone is Status.PASS and (run.id in self.missed or run.role in self.telling):
            # It ran to its end, which is no success where something was lost in it, or where it
            # may show a mistake of which its own findings do not speak.
            made = replace(made, tone=Status.NOT_RUN, symbol=SYMBOLS[Status.NOT_RUN])
        if run.outcome == "stuck" and (run.id not in self.missed or self._served(run)):
            # The exchange came to its end: a server may wait for the next client.
            word = self.words["still_waiting"]
            made = replace(made, tone=Status.NOT_RUN, symbol=SYMBOLS[Status.NOT_RUN], word=word)
        return replace(made, calls=calls, open=self._opens(run))

    def _served(self, run: RunSummary) -> bool:
        """Whether it waited for the next client only, and no end of it was asked for."""
        recorded = self.recorded.get(run.id)
        scenario = next((s for s in self.lab.scenarios if s.id == run.scenario), None)
        if recorded is None or scenario is None:
            return False
        asked = any(isinstance(e, ExpectExit) for e in scenario.expect)
        return not asked and recorded.waits_for_the_next

    def _opens(self, run: RunSummary) -> bool:
        """Whether it is shown at once: it shows the worst mistake of its program.

        Where no mistake is named: the first of the graded runs that end badly in one way.
        """
        if run.level is not Level.GRADED or run.outcome == "skipped":
            return False
        if shown := self.telling.get(run.role):
            return run.id == shown
        if run.outcome == "completed" or run.id not in self.missed:
            return False
        recorded = self.recorded.get(run.id)
        ending = (run.role, run.outcome, last_words(recorded.moments) if recorded else "")
        known = ending in self.endings
        self.endings.add(ending)
        return not known

    def _missed(self) -> frozenset[str]:
        """Runs in which something that was expected did not hold."""
        judged = (f for j in self.grade.criteria for f in j.findings)
        found = (f for findings in (judged, self.grade.advice) for f in findings)
        return frozenset(f.run for f in found if f.status in (Status.FAIL, Status.PARTIAL))

    def calls_without_run(self) -> tuple[CallSection, ...]:
        """Traced runs of which the page shows no other run."""
        shown = {run.id for run in self.shown}
        return tuple(c for c in self.traced if c.id.split("~")[0] not in shown)

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
            if (diagnosis.file, diagnosis.level) != (path, level):
                continue
            if level == "remark" and self.advice.withholds(self.advice.of(diagnosis)):
                continue
            title = diagnosis.title.in_language(self.language)
            if level == "remark":
                title = self.words["advice_mark"].format(title=title)
            for line in _lines_of(diagnosis):
                marks.setdefault(line, escaped(title, keep=TYPOGRAPHY))
        return marks


def _lines_of(diagnosis: Diagnosis) -> Iterable[int]:
    """The lines that its box marks: its own, and those that belong to it."""
    line = diagnosis.line or diagnosis.look
    return () if line is None else (line, *diagnosis.also)
