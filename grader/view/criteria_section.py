"""The criteria on a student's page: each with its verdict, its causes and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from grader.judge.model import Finding, Grade, Judged, Status
from grader.lab.model import ROLES, Lab, Role
from grader.view.bytes_view import Run, decoded, prose, runs
from grader.view.detail import Detail
from grader.view.difference import Difference, difference
from grader.view.message_names import beginning
from grader.view.recorded import RecordedRuns
from grader.view.run_section import scenario_title
from grader.view.student_model import CriterionView, FindingView, RoleView
from grader.view.student_words import page_words
from grader.view.timeline import row_of
from grader.view.words import SYMBOLS, decimal, milliseconds

_MANY = 3
"""Passes that say the same from which on they are told as one."""


def _said(finding: Finding) -> tuple[bool, str, str]:
    """Whether it is a pass with nothing to remark, its run, and what it says."""
    plain = finding.status is Status.PASS and not finding.remarks
    return plain, finding.run, finding.what.in_language("fr")


class CriteriaSection:
    """The criteria of one grade, by role, and any finding as the page shows it."""

    def __init__(
        self, lab: Lab, grade: Grade, recorded: RecordedRuns, language: str, detail: Detail
    ) -> None:
        self.lab = lab
        self.grade = grade
        self.recorded = recorded
        self.language = language
        self.detail = detail
        self.words = page_words(language)
        self._scenarios = {run.id: run.scenario for run in grade.runs}

    def roles(self) -> tuple[RoleView, ...]:
        """Those that have criteria."""
        asked = {j.criterion.role for j in self.grade.criteria}
        return tuple(self._role(role) for role in ROLES if role in asked)

    def _role(self, role: Role) -> RoleView:
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
            criteria=tuple(self._criterion(j) for j in judged),
        )

    def _criterion(self, judged: Judged) -> CriterionView:
        criterion = judged.criterion
        # By criterion: server and client may have the same mistake, told otherwise.
        causes = [
            (number, d)
            for number, d in enumerate(self.grade.diagnoses)
            if d.id in judged.diagnoses and criterion.id in d.criteria
        ]
        return CriterionView(
            id=criterion.id,
            role=criterion.role,
            title=criterion.title.in_language(self.language),
            requirement=prose(criterion.requirement.in_language(self.language)),
            hint=prose(criterion.hint.in_language(self.language)),
            status=judged.status,
            symbol=SYMBOLS[judged.status],
            word=self.words[judged.status],
            points="–"
            if judged.status is Status.NOT_RUN
            else decimal(judged.counted, self.language),
            max_points=decimal(criterion.points, self.language),
            causes=tuple((f"d{n}", prose(d.title.in_language(self.language))) for n, d in causes),
            findings=tuple(self._once(judged.findings)),
        )

    def _once(self, findings: Sequence[Finding]) -> Iterable[FindingView]:
        """The findings; passes of one run that say the same, one after the other, as one."""
        for (plain, *_), alike in groupby(findings, _said):
            told = list(alike)
            if not plain or len(told) < _MANY:
                yield from (self.finding(f) for f in told)
                continue
            last = self._proof(told[-1])[1]
            again = self.words["same_again"].format(times=len(told), time=last)
            yield replace(self.finding(told[0]), again=again)

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
            about=beginning(decoded(finding.expected or b""), self.words),
            what=prose(finding.what.in_language(self.language)),
            difference=self._difference(finding) if compared else None,
            got=self._got(finding),
            remarks=tuple(prose(r.text.in_language(self.language)) for r in finding.remarks),
        )

    def _got(self, finding: Finding) -> tuple[Run, ...]:
        """The beginning of what came instead of what only words can tell."""
        if finding.expected is not None or finding.status is Status.PASS or not finding.actual:
            return ()
        came = decoded(finding.actual[: self.detail.moment])
        return (*runs(came), Run("…")) if len(finding.actual) > self.detail.moment else runs(came)

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
        return f"run-{finding.run}", ""

    def run_title(self, run: str) -> str:
        """The title of its scenario."""
        return scenario_title(self.lab, self.scenario(run), self.language)

    def scenario(self, run: str) -> str:
        """The scenario of a run, which may be known by its id only."""
        return self._scenarios.get(run) or run.split("~")[0]
