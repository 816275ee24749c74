"""The advice on a student's page: scenarios beyond the statement, which give no points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.judge.lost import exchange_lost
from grader.judge.model import Diagnosis, Finding, Grade, Status
from grader.lab.model import Lab, Level
from grader.view.criteria_section import CriteriaSection
from grader.view.detail import Detail
from grader.view.run_section import scenario_title
from grader.view.strip import strip
from grader.view.student_model import AdviceView, DiagnosisView
from grader.view.student_words import page_words


class AdviceSection:
    """The advice of one grade; `criteria` shows its findings."""

    def __init__(
        self, lab: Lab, grade: Grade, criteria: CriteriaSection, language: str, detail: Detail
    ) -> None:
        self.lab = lab
        self.grade = grade
        self.criteria = criteria
        self.language = language
        self.detail = detail
        self.words = page_words(language)

    def of(self, diagnosis: Diagnosis) -> str:
        """The advice scenario that showed it; nothing for what a graded run showed."""
        run = next((r for r in self.grade.runs if r.id == diagnosis.run), None)
        return run.scenario if run is not None and run.level is Level.ADVICE else ""

    def withholds(self, scenario: str) -> bool:
        """Whether nothing is said of an advice scenario yet: what counts has to work first."""
        known = next((s for s in self.lab.scenarios if s.id == scenario), None)
        # A sweep was asked for, and each of its cuts is a fact: it does not wait.
        swept = any(sweep.scenario == scenario for sweep in self.grade.sweeps)
        return known is not None and not swept and exchange_lost(self.grade, known.tests)

    def by_notion(self) -> dict[str, list[tuple[str, str]]]:
        """By notion, (anchor, title) of the advice in which something about it was seen."""
        found: dict[str, dict[str, None]] = {}
        for diagnosis in self.grade.diagnoses:
            scenario = self.of(diagnosis)
            if diagnosis.level != "error" and scenario and not self.withholds(scenario):
                found.setdefault(diagnosis.about, {})[scenario] = None
        return {
            notion: [(_anchor(s), self._with_role(s)) for s in scenarios]
            for notion, scenarios in found.items()
        }

    def _with_role(self, scenario: str) -> str:
        """The scenario's title and, where it tests one program, which."""
        known = next((s for s in self.lab.scenarios if s.id == scenario), None)
        title = scenario_title(self.lab, scenario, self.language)
        return f"{title} ({self.words[known.tests]})" if known else title

    def views(self, notes: Mapping[str, tuple[DiagnosisView, ...]]) -> tuple[AdviceView, ...]:
        """One for each scenario that was played; `notes` are the diagnoses of each."""
        grouped: dict[str, list[Finding]] = {name: [] for name in notes if name}
        for finding in self.grade.advice:
            grouped.setdefault(self.criteria.scenario(finding.run), []).append(finding)
        order = {run.scenario: i for i, run in enumerate(self.grade.runs)}
        names = sorted(grouped, key=lambda name: order.get(name, len(order)))
        return tuple(self._view(n, grouped[n], notes.get(n, ())) for n in names)

    def _view(
        self, name: str, found: Sequence[Finding], notes: tuple[DiagnosisView, ...]
    ) -> AdviceView:
        holds = not notes and all(f.status is Status.PASS for f in found)
        known = next((s for s in self.lab.scenarios if s.id == name), None)
        if known is not None and self.withholds(name):
            return AdviceView(
                scenario=name,
                anchor=_anchor(name),
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
            anchor=_anchor(name),
            title=scenario_title(self.lab, name, self.language),
            text=advice.in_language(self.language) if advice else "",
            role=self.words[known.tests] if known else "",
            holds=holds,
            findings=tuple(
                self.criteria.finding(f, compared=False)
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


def _anchor(scenario: str) -> str:
    """The fragment of an advice scenario."""
    return f"advice-{scenario}"
