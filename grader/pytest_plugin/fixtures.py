"""Fixtures for teachers who write a check in Python.

    def test_says_hello_once(reference_client):
        run = reference_client("server-nominal")
        assert run.outcome == "completed"
        assert run.received.count("Bonjour".encode()) == 1

Each scenario is played once in a session, through the same engine and judge as everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from grader.lab.model import Role
    from grader.pytest_plugin.playing import Checked
    from grader.transcript import Transcript

_CHECKED = pytest.StashKey["Checked"]()


@dataclass(frozen=True, kw_only=True)
class Student:
    """The submission that is checked: `--wiregrade`, else `wiregrade_submission`, else `.`."""

    server: str | None
    client: str | None
    """Paths of the programs inside the submission; None where there is none."""
    sources: Mapping[str, bytes]
    """Every file that was read, by its path."""


@dataclass(frozen=True, kw_only=True)
class ScenarioRun:
    """A scenario, played once with the student's program."""

    outcome: str
    """`completed`, `stuck`, `crashed`, `timeout`, `limit`."""
    status: int | None
    """The exit status; None where a signal ended it, or we did."""
    stdout: bytes
    stderr: bytes
    received: bytes
    """All that the student's program sent, in order, whatever the segments were."""
    sent: bytes
    """All that the reference sent."""
    criteria: Mapping[str, str]
    """`pass`, `partial`, `fail` by id, for those that the scenario proves."""
    transcript: Transcript
    """Everything that happened, in order."""


Plays = Callable[[str], ScenarioRun]


@pytest.fixture(scope="session")
def student(request: pytest.FixtureRequest) -> Student:
    """What was handed in."""
    submission = _checked(request.config).submission
    return Student(
        server=submission.programs.server,
        client=submission.programs.client,
        sources={file.path: file.data for file in submission.files},
    )


@pytest.fixture(scope="session")
def reference_client(request: pytest.FixtureRequest) -> Plays:
    """Plays a scenario, by its id, as the reference client of the student's server."""
    return _player(request.config, "server")


@pytest.fixture(scope="session")
def reference_server(request: pytest.FixtureRequest) -> Plays:
    """Plays a scenario, by its id, as the reference server of the student's client."""
    return _player(request.config, "client")


def _player(config: pytest.Config, role: Role) -> Plays:
    played: dict[str, ScenarioRun] = {}

    def play(scenario: str) -> ScenarioRun:
        if scenario not in played:
            played[scenario] = _play(config, role, scenario)
        return played[scenario]

    return play


def _play(config: pytest.Config, role: Role, scenario: str) -> ScenarioRun:
    from grader import transcript as tr
    from grader.lab.problems import meant
    from grader.pytest_plugin import playing, told

    checked = _checked(config)
    known = [s.id for s in checked.source.lab.scenarios if s.tests == role]
    if scenario not in known:
        pytest.fail(
            f"no scenario {scenario!r} tests a {role}{meant(scenario, known)}", pytrace=False
        )
    if checked.submission.programs.of(role) is None:
        pytest.fail(f"the submission has no {role}", pytrace=False)
    lab = playing.cut_down(checked.source.lab, scenario)
    graded, runs = playing.play(config, lab, checked.submission)
    run = runs[0].transcript
    if run.end.problem:
        raise RuntimeError(run.end.problem)
    ended = [e for e in run.entries if isinstance(e, tr.Exited)]

    def all_of(kind: type[tr.Stdout | tr.Stderr | tr.Received | tr.Sent]) -> bytes:
        return b"".join(entry.data for entry in run.entries if isinstance(entry, kind))

    return ScenarioRun(
        outcome=run.end.outcome,
        status=ended[-1].status if ended else None,
        stdout=all_of(tr.Stdout), stderr=all_of(tr.Stderr),
        received=all_of(tr.Received), sent=all_of(tr.Sent),
        criteria={
            judged.criterion.id: told.status_of(judged.findings).value
            for judged in graded.grade.criteria
        },
        transcript=run,
    )  # fmt: skip


def _checked(config: pytest.Config) -> Checked:
    if _CHECKED not in config.stash:
        from grader.pytest_plugin import SUBMISSION
        from grader.pytest_plugin.playing import Checked

        named = config.getoption("--wiregrade")
        path = (
            Path(config.invocation_params.dir, named)
            if named
            else config.rootpath / (config.getini(SUBMISSION) or ".")
        )
        config.stash[_CHECKED] = Checked(config, path, config.getoption("--wiregrade-lab"), None)
    return config.stash[_CHECKED]
