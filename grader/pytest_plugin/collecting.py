"""Tests as pytest sees them: `submission::role::scenario::criterion`, or below a `lab.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from os.path import relpath
from pathlib import Path
from typing import Self

import pytest

from grader.intake.errors import InputError
from grader.judge.model import Status
from grader.lab.library import UnknownLabError
from grader.lab.model import Lab, Level, Scenario
from grader.lab.problems import LabError
from grader.lab.sweep import is_sweep
from grader.lab.visibility import proves
from grader.pytest_plugin import SUBMISSION, shared_folder, told
from grader.pytest_plugin.playing import Checked, Graded
from grader.run.errors import HostError

Inside = Callable[[pytest.Collector], Iterator[pytest.Item | pytest.Collector]]
ADVICE = "advice"
"""Stands for the criterion in a scenario that gives advice and proves none."""


class LabFile(pytest.File):
    """A `lab.yaml`, played with the submission that the configuration names."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """A collector for each role."""
        path = self.config.rootpath / self.config.getini(SUBMISSION)
        try:
            checked = _checked(self.config, path, str(self.path.parent))
        except pytest.UsageError as error:
            raise self.CollectError(str(error)) from error
        yield from _roles(checked, self)


class Group(pytest.Collector):
    """A role of a submission, or a scenario of a role: a name and what is below."""

    inside: Inside

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """What is below."""
        yield from self.inside(self)


class CriterionItem(pytest.Item):
    """A criterion of a scenario. Not graded through a fault of the machine, it is an error."""

    checked: Checked
    scenario: Scenario
    criterion: str | None
    """None in a scenario that gives advice."""

    @classmethod
    def of(
        cls, parent: pytest.Collector, checked: Checked, scenario: Scenario, criterion: str | None
    ) -> Self:
        """The test of that criterion, below `parent`."""
        item: Self = cls.from_parent(parent, name=criterion or ADVICE)
        item.checked, item.scenario, item.criterion = checked, scenario, criterion
        for marker in (scenario.tests, scenario.level.value):
            item.add_marker(marker)
        return item

    def setup(self) -> None:
        """Play what is to be played, and refuse what has no verdict."""
        try:
            graded = self.checked.graded()
        except HostError as error:
            pytest.fail(str(error), pytrace=False)
        language = self.checked.language
        found = told.findings_of(graded.grade, self.scenario.id, self.criterion)
        if told.status_of(found) is not Status.NOT_RUN:
            return
        problems = [run.problem for run in graded.grade.runs if run.scenario == self.scenario.id]
        reason = told.ungraded(found, problems, language)
        if self.criterion is None:
            pytest.skip(reason)
        pytest.fail(reason, pytrace=False)

    def runtest(self) -> None:
        """Fail with the mistake, its line, what was expected and what came."""
        graded = self.checked.graded()
        language = self.checked.language
        found = told.findings_of(graded.grade, self.scenario.id, self.criterion)
        self._tell(graded)
        if told.status_of(found) is Status.PASS:
            return
        if self.criterion is None:
            pytest.xfail(told.remark(found, language))
        sources = {file.path: file.data for file in graded.submission.files}
        reason = told.failure(graded.grade, self.criterion, self.scenario.id, sources, language)
        pytest.fail(reason, pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands: what it is called says more than a line of a file would."""
        return self.path, None, self.nodeid.split("::", 1)[-1]

    def _tell(self, graded: Graded) -> None:
        """For `--junitxml`: verdict, points and cause."""
        if self.criterion is None:
            return
        judged = told.judged_of(graded.grade, self.criterion)
        found = told.findings_of(graded.grade, self.scenario.id, self.criterion)
        self.user_properties += [
            ("status", told.status_of(found).value),
            ("points", float(judged.points)), ("max_points", float(judged.criterion.points)),
        ]  # fmt: skip
        cause = told.cause_of(graded.grade, self.criterion, self.scenario.id)
        if cause is not None:
            self.user_properties.append(("diagnosis", cause.id))


def submission_items(session: pytest.Session) -> Iterator[pytest.Item]:
    """The tests of the submission that `--wiregrade` names.

    Raises:
        pytest.UsageError: there is no such submission or lab, or the lab has problems.
    """
    config = session.config
    path = Path(config.invocation_params.dir, config.getoption("--wiregrade"))
    checked = _checked(config, path, config.getoption("--wiregrade-lab"))
    name = Path(relpath(path, config.rootpath)).as_posix()
    root: Group = Group.from_parent(session, name=name, nodeid=name, path=path)
    root.inside = partial(_roles, checked)
    yield from session.genitems(root)


def want(items: Iterable[pytest.Item]) -> None:
    """Have the scenarios of these tests played, and no others."""
    for item in items:
        if isinstance(item, CriterionItem):
            item.checked.want(item.scenario.id)


def _checked(config: pytest.Config, path: Path, lab: str) -> Checked:
    try:
        return Checked(config, path, lab, shared_folder(config))
    except LabError as error:
        raise pytest.UsageError("\n".join(map(str, error.problems))) from error
    except (InputError, UnknownLabError) as error:
        raise pytest.UsageError(str(error)) from error


def _roles(checked: Checked, parent: pytest.Collector) -> Iterator[pytest.Collector]:
    lab = checked.lab
    scenarios = [s for s in lab.scenarios if not is_sweep(s)]
    for role in dict.fromkeys(s.tests for s in scenarios):
        own = [s for s in scenarios if s.tests == role]
        yield _group(parent, role, partial(_scenarios, checked, lab, own))


def _scenarios(
    checked: Checked, lab: Lab, scenarios: Iterable[Scenario], parent: pytest.Collector
) -> Iterator[pytest.Collector]:
    for one in scenarios:
        yield _group(parent, one.id, partial(_criteria, checked, lab, one))


def _criteria(
    checked: Checked, lab: Lab, scenario: Scenario, parent: pytest.Collector
) -> Iterator[pytest.Item]:
    names: list[str | None] = [None]
    if scenario.level is Level.GRADED:
        proved = proves(scenario)
        names = [c.id for c in lab.criteria if c.enabled and c.id in proved]
    for name in names:
        yield CriterionItem.of(parent, checked, scenario, name)


def _group(parent: pytest.Collector, name: str, inside: Inside) -> Group:
    group: Group = Group.from_parent(parent, name=name)
    group.inside = inside
    return group
