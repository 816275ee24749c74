"""What has to be played for a submission, and with which lab."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from grader.batch.saved import fingerprint
from grader.judge.model import Digests
from grader.lab.labfile import LAB_FILE
from grader.lab.library import find_lab
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.model import (
    ROLES,
    Lab,
    Level,
    Role,
    Scenario,
)
from grader.lab.sweep import is_sweep
from grader.lab.texts import seed_of
from grader.lab.visibility import proves
from grader.run.jobs import Job, Partner
from grader.submission import Submission


@dataclass(frozen=True, kw_only=True)
class LabSource:
    """A lab, and the bytes that it was loaded from."""

    lab: Lab
    files: dict[str, bytes]

    @cached_property
    def digest(self) -> str:
        """Changes when any file of the lab does."""
        parts = [part for name in sorted(self.files) for part in (name, self._text(name))]
        return fingerprint(*parts)

    def digests(self, submission: Submission) -> Digests:
        """What a grade of the submission with this lab is made from."""
        contents = {file.path: file.data for file in submission.files}
        programs = {role: contents.get(submission.programs.of(role) or "") for role in ROLES}
        return Digests(
            submission=submission.digest,
            lab=self.digest,
            programs={
                role: hashlib.sha256(data).hexdigest() for role, data in programs.items() if data
            },
        )

    @property
    def texts(self) -> dict[str, str]:
        """The files as text; one that is not UTF-8 lies beside the lab and is none of it."""
        texts = {name: self._text(name) for name in self.files}
        return {name: text for name, text in texts.items() if _is_unicode(name + text)}

    def _text(self, name: str) -> str:
        return self.files[name].decode("utf-8", "surrogateescape")


def lab_source(name: str) -> LabSource:
    """The lab of that name or path, with the bytes that it was loaded from.

    Raises:
        UnknownLabError: there is none; the near ones are named.
        LabError: it has problems, all of them named.
    """
    folder = find_lab(name)
    files = lab_files(folder)
    return LabSource(lab=load_lab_bytes(files, where=folder), files=files)


def lab_files_within(path: Path, folder: Path, source: LabSource) -> frozenset[str]:
    """What of the checked folder is the lab's and no program of the student's, by path in it.

    `folder` is the lab's: all of it, where it is a folder of its own.
    """
    try:
        inside = folder.resolve().relative_to(path.resolve())
    except ValueError:
        return frozenset()
    if inside.parts:
        return frozenset({inside.as_posix()})
    return frozenset({LAB_FILE, *(f"{one.id}.yaml" for one in source.lab.scenarios)})


def _is_unicode(text: str) -> bool:
    """No byte in it is kept as half a surrogate, which JSON can't hold."""
    return not re.search("[\ud800-\udfff]", text)


def seed_for(lab: Lab, submission: Submission, override: str | None) -> str:
    """The seed of the texts drawn for this submission."""
    return override if override is not None else seed_of(lab.salt, submission.digest)


def jobs_of(
    lab: Lab, submission: Submission, seed: str, certify: int = 1, *, sweep: bool = False
) -> tuple[Job, ...]:
    """One job for each role that has a program and something to play; none on a problem.

    With both there, one more for what they play with each other: it comes last.
    Split sweeps are left out unless `sweep`: each costs a run for each byte of a message.
    """
    if submission.problem is not None:
        return ()
    hopeless = {missing.role for missing in submission.missing}
    jobs = []
    for role in ROLES:
        program = submission.programs.of(role)
        scenarios = in_playing_order(
            s for s in lab.scenarios if s.tests == role and (sweep or not is_sweep(s))
        )
        if program is None or role in hopeless or not scenarios:
            continue
        jobs.append(
            Job(
                key=submission.id, lab=lab, role=role, scenarios=scenarios, program=program,
                files=submission.files, seed=seed, certify=certify,
            )
        )  # fmt: skip
    if not hopeless and (pair := _pair_of(lab, submission, seed, certify)) is not None:
        jobs.append(pair)
    return tuple(jobs)


def _pair_of(lab: Lab, submission: Submission, seed: str, certify: int) -> Job | None:
    """The submission's own pair, where it has both programs and the lab a scenario for them."""
    scenarios = tuple(s for s in lab.scenarios if s.tests == "both")
    server, client = submission.programs.server, submission.programs.client
    if server is None or client is None or not scenarios:
        return None
    return Job(
        key=submission.id, lab=lab, role="both", scenarios=scenarios, program=server,
        files=submission.files, seed=seed, certify=certify,
        partner=Partner(program=client, files=submission.files),
    )  # fmt: skip


def in_playing_order(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """Graded ones first: advice is skipped when the first of them ends badly."""
    return tuple(sorted(scenarios, key=lambda s: s.level is not Level.GRADED))


def select(lab: Lab, roles: Sequence[Role], only: Sequence[str] = ()) -> Lab:
    """The lab cut down to these roles, and to these ids of criteria or scenarios.

    A criterion brings the graded scenarios that prove it; a scenario brings the criteria
    that it proves. Ids must be known (`selectable`).
    """
    scenarios = [s for s in lab.scenarios if {*s.roles} <= {*roles}]
    criteria = {c.id for c in lab.criteria if c.role in roles}
    if only:
        wanted = {*only}
        named = [s for s in scenarios if s.id in wanted]
        criteria = (criteria & wanted) | {p for s in named for p in proves(s)}
        scenarios = [s for s in scenarios if s.id in wanted or any(p in wanted for p in proves(s))]
    return replace(
        lab,
        criteria=tuple(c for c in lab.criteria if c.id in criteria),
        scenarios=tuple(_proving_only(s, criteria) for s in scenarios),
    )


def selectable(lab: Lab) -> tuple[str, ...]:
    """Ids that `select` knows: criteria, then scenarios."""
    return (*(c.id for c in lab.criteria if c.enabled), *(s.id for s in lab.scenarios))


def _proving_only(scenario: Scenario, criteria: set[str]) -> Scenario:
    """The scenario, its evidence for other criteria left out."""
    if proves(scenario) <= criteria:
        return scenario
    steps = tuple(s if s.proves in criteria else replace(s, proves=None) for s in scenario.steps)
    expect = tuple(x if x.proves in criteria else replace(x, proves=None) for x in scenario.expect)
    return replace(scenario, steps=steps, expect=expect)
