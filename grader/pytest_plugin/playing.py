"""Plays a submission for pytest: once, whatever number of tests and processes ask.

Nothing is played before the first test asks, so `--collect-only` costs nothing and `-k` plays
only the scenarios that it leaves.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grader.batch import saved
from grader.batch.judging import judge_run
from grader.batch.plan import jobs_of, lab_files_within, lab_source, seed_for, select
from grader.intake.apart import read_folder
from grader.judge.model import Grade
from grader.lab.library import find_lab
from grader.lab.model import ROLES, Lab
from grader.pytest_plugin import shared_folder
from grader.run.engines import Engine
from grader.run.host import choose_isolation, probe
from grader.run.jobs import Run
from grader.run.options import options_for
from grader.submission import Submission

_ENGINE = pytest.StashKey["Engine"]()
_FOR = pytest.StashKey[tuple[str | None]]()
"""The interpreter that it starts."""
_OPENED = pytest.StashKey[contextlib.ExitStack]()


@dataclass(frozen=True)
class Graded:
    """What a submission came to."""

    grade: Grade
    submission: Submission
    """Bounded, as the report shows it."""


class Checked:
    """One submission with one lab.

    Raises:
        InputError: there is no submission at `path`.
        UnknownLabError, LabError: there is no such lab, or it has problems.
    """

    def __init__(self, config: pytest.Config, path: Path, lab: str, shared: Path | None) -> None:
        self._config = config
        self._shared = shared
        self.source = lab_source(lab)
        left_out = lab_files_within(path, find_lab(lab), self.source)
        self.submission = read_folder(path, self.source.lab.roles, left_out)
        self.language = config.getoption("--wiregrade-lang") or self.source.lab.language
        self._wanted: set[str] = set()
        self._graded: Graded | Exception | None = None

    @property
    def lab(self) -> Lab:
        """The lab, cut down to the roles that there is a program for (both, if there is none)."""
        there = tuple(r for r in ROLES if self.submission.programs.of(r) is not None) or ROLES
        return select(self.source.lab, there)

    def want(self, scenario: str) -> None:
        """Have this scenario played, too, when it comes to playing."""
        self._wanted.add(scenario)

    def graded(self) -> Graded:
        """Played and judged; asked again, the same.

        Raises:
            HostError: this machine cannot play it; asked again, the same.
        """
        if self._graded is None:
            try:
                self._graded = self._once() if self._shared is None else self._shared_once()
            except Exception as error:
                self._graded = error
        if isinstance(self._graded, Exception):
            raise self._graded
        return self._graded

    def _once(self) -> Graded:
        lab = self.lab
        whole = {scenario.id for scenario in lab.scenarios}
        if self._wanted < whole:
            lab = select(lab, ROLES, sorted(self._wanted))
        return play(self._config, lab, self.submission)[0]

    def _shared_once(self) -> Graded:
        """The first process of xdist that asks plays; the others wait for it and read."""
        assert self._shared is not None  # noqa: S101 -- asked for by `graded` only then
        told = [self.source.digest, self.submission.digest, self.submission.name]
        name = hashlib.sha256("\0".join([*told, *sorted(self._wanted)]).encode()).hexdigest()
        kept = self._shared / name
        with _alone(kept.with_suffix(".lock")):
            if kept.exists():
                found = pickle.loads(kept.read_bytes())  # noqa: S301 -- our own, in our folder
                assert isinstance(found, Graded)  # noqa: S101
                return found
            graded = self._once()
            kept.write_bytes(pickle.dumps(graded))
            return graded


def play(config: pytest.Config, lab: Lab, submission: Submission) -> tuple[Graded, tuple[Run, ...]]:
    """Play all of the lab that concerns the submission, and judge it as `check` does.

    What it came to, and the runs.

    Raises:
        HostError: this machine cannot play it.
    """
    seed = seed_for(lab, submission, None)
    jobs = jobs_of(lab, submission, seed)
    roles = [job.role for job in jobs]
    with _on_our_own(config, engine(config, lab.python)) as playing:
        played = sorted(playing.play(jobs), key=lambda one: roles.index(one.role))
    runs = tuple(run for one in played for run in one.runs)
    suffixes = {suffix for files in lab.roles.values() for suffix in files.suffixes}
    kept = saved.bounded(submission, suffixes)
    grade = judge_run(lab, kept, seed, runs)
    return Graded(grade=grade, submission=kept), runs


def engine(config: pytest.Config, python: str | None = None) -> Engine:
    """The engine of this process for the lab's interpreter, started when it is first needed."""
    asked = config.getoption("--wiregrade-python") or python
    if config.stash.get(_FOR, None) != (asked,):
        # One at a time: the control groups are this process's.
        if _OPENED in config.stash:
            config.stash[_OPENED].close()
        else:
            config.stash[_OPENED] = contextlib.ExitStack()
            config.add_cleanup(config.stash[_OPENED].close)
        host = probe(asked)
        isolation = choose_isolation(config.getoption("--wiregrade-isolation"), "check", host)
        started = Engine(options_for(host, isolation))
        config.stash[_ENGINE] = config.stash[_OPENED].enter_context(started)
        config.stash[_FOR] = (asked,)
    return config.stash[_ENGINE]


@contextlib.contextmanager
def _on_our_own(config: pytest.Config, engine: Engine) -> Iterator[Engine]:
    """Without isolation all share the machine's port: one process of xdist plays at a time."""
    shared = shared_folder(config)
    if shared is None or engine.options.isolation != "none":
        yield engine
        return
    with _alone(shared / "port.lock"):
        yield engine


def cut_down(lab: Lab, scenario: str) -> Lab:
    """The lab with this scenario only.

    Raises:
        KeyError: it has none of that id.
    """
    return replace(select(lab, ROLES, [scenario]), scenarios=(lab.scenario(scenario),))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else is in here with the same path."""
    with path.open("w") as lock:
        if sys.platform != "win32":  # there each process plays for itself
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
