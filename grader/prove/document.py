"""A proof as data for other programs (`wiregrade validate --prove --format json`)."""

from __future__ import annotations

from collections.abc import Sequence

import grader
from grader.lab.model import ROLES, Lab, Role
from grader.lab.problems import LabProblem
from grader.prove.proof import Proof, Trial
from grader.prove.table import points

SCHEMA_VERSION = 1
Document = dict[str, object]


def of_lab(lab: Lab | None, problems: Sequence[LabProblem]) -> Document:
    """What reading a lab came to; `lab` is None if it can't be used."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "wiregrade", "version": grader.__version__},
        "lab": None if lab is None else {"id": lab.id, "max_score": points(lab.max_score)},
        "proved": None,
        "problems": [_problem(one) for one in problems],
    }


def of_proof(proof: Proof, isolation: str) -> Document:
    """What proving a lab came to."""
    return {
        **of_lab(proof.lab, proof.problems),
        "proved": None if proof.part or proof.unplayed else proof.proved,
        "unplayed": proof.unplayed,
        "isolation": isolation,
        "remarks": [_problem(one) for one in proof.remarks],
        "faults": list(proof.faults),
        "roles": {
            role: _role(proof, role)
            for role in ROLES
            if any(trial.case.role == role for trial in proof.trials)
        },
    }


def _role(proof: Proof, role: Role) -> Document:
    trials = [trial for trial in proof.trials if trial.case.role == role]
    counted = [c for c in proof.lab.criteria if c.role == role and c.enabled]
    return {
        "criteria": [
            {
                "id": c.id,
                "points": points(c.points),
                "lost_by": [
                    t.case.id for t in trials if t.case.kind == "mutant" and c.id in t.lost
                ],
            }
            for c in counted
        ],
        "programs": [_program(trial) for trial in trials],
        "left_out": [
            {"id": one.id, "kind": one.kind, "why": one.why}
            for one in proof.skipped
            if one.role == role
        ],
    }


def _program(trial: Trial) -> Document:
    return {
        "id": trial.case.id,
        "kind": trial.case.kind,
        "does": trial.case.what,
        "touches": list(trial.case.touches),
        "loses": {name: trial.statuses[name].value for name in trial.lost},
        "fault": trial.fault or None,
    }


def _problem(problem: LabProblem) -> Document:
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "message": problem.message,
    }
