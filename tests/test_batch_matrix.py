"""The class's matrix: who is drawn, which pairs, what is told of them; nothing is played."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from engine_tools import tp09
from pair_tools import BEGUN, EXCHANGE, stuck, told

from grader.batch import matrix as matrices
from grader.formats.matrix_json import matrix_json
from grader.judge.matrix import Matrix, works
from grader.judge.model import Problem, Programs
from grader.lab.model import Text
from grader.run.jobs import Job, Played, PlayedRun
from grader.submission import MissingRole, SourceFile, Submission

LAB = tp09()
BROKEN = Problem(code="broken-archive", blame="student", message=Text({"fr": "illisible"}))


def submission(
    name: str, *, server: bool = True, client: bool = True, problem: Problem | None = None
) -> Submission:
    programs = Programs(
        server="serveur.py" if server else None, client="client.py" if client else None
    )
    files = (SourceFile(path="serveur.py", data=name.encode()),)
    return Submission(
        id=name, name=f"<b>{name}\x1b", files=files, programs=programs, digest=name,
        problem=problem,
    )  # fmt: skip


class FakeEngine:
    """Every pair works, but for the clients of `stuck`."""

    def __init__(self, *stuck: str) -> None:
        self.stuck = stuck
        self.jobs: list[Job] = []

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        self.jobs = list(jobs)
        for job in reversed(self.jobs):
            assert job.partner is not None
            client = job.partner.files[0].data.decode()
            entries = (*BEGUN, *stuck("server"), *stuck("client"))
            transcript = (
                told(*entries, outcome="stuck") if client in self.stuck else told(*EXCHANGE)
            )
            yield Played(key=job.key, role="both", runs=(PlayedRun(transcript=transcript),))


def played(*submissions: Submission, engine: FakeEngine | None = None) -> Matrix:
    planned = matrices.plan(LAB, submissions, len(submissions), None, "s")
    return matrices.matrix_of(planned, matrices.play(planned, engine or FakeEngine()))


def test_every_server_with_every_client() -> None:
    engine = FakeEngine("b")
    matrix = played(submission("a"), submission("b"), submission("c", client=False), engine=engine)
    assert [(c.server, c.client) for c in matrix.cells] == [
        ("a", "a"), ("a", "b"), ("b", "a"), ("b", "b"), ("c", "a"), ("c", "b"),
    ]  # fmt: skip
    assert [c.verdict.works for c in matrix.cells] == [True, False] * 3
    assert works(matrix.cells) == (3, 6)
    assert matrix.counts() == [("works", 3), ("both-wait", 3)]
    assert {job.partner.program for job in engine.jobs if job.partner} == {"client.py"}
    assert [one.reason.in_language("en") for one in matrix.left_out] == ["no client"]


def test_who_cannot_be_read_is_left_out_with_the_reason() -> None:
    missing = MissingRole(role="server", problem=BROKEN)
    half = replace(submission("b"), missing=(missing,))
    matrix = played(submission("a"), half, submission("x", problem=BROKEN))
    assert [m.id for m in matrix.servers] == ["a"]
    assert [m.id for m in matrix.clients] == ["a", "b"]
    reasons = [one.reason.in_language("fr") for one in matrix.left_out]
    assert reasons == ["pas de serveur", "illisible"]


def test_nothing_to_play_is_said() -> None:
    with pytest.raises(matrices.NoPairError, match="no client"):
        matrices.plan(LAB, [submission("a", client=False)], 1, None, "s")
    alone = replace(LAB, scenarios=tuple(s for s in LAB.scenarios if s.tests != "both"))
    with pytest.raises(matrices.NoPairError, match="tests: both"):
        matrices.plan(alone, [submission("a")], 1, None, "s")


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    ids = [f"s{number}" for number in range(40)]
    one = matrices.drawn(ids, 12, "a")
    assert one == matrices.drawn(ids, 12, "a")
    assert one == sorted(one, key=ids.index)
    assert len(set(one)) == 12
    assert one != matrices.drawn(ids, 12, "b")
    # Who joins or leaves the class changes at most one of the others.
    assert len({*one} - {*matrices.drawn([*ids, "new"], 12, "a")}) <= 1
    assert matrices.drawn(ids, None, "a") == matrices.drawn(ids, 40, "a") == ids


def test_the_document_holds_no_control_characters() -> None:
    matrix = played(submission("a"), submission("b"), engine=FakeEngine("b"))
    data = matrix_json(LAB, matrix, "en")
    document = json.loads(data)
    assert document["servers"][0] == {"id": "a", "name": "<b>a\\x1b", "file": "serveur.py"}
    assert [p["code"] for p in document["pairs"]] == ["works", "both-wait"] * 2
    assert document["pairs"][1]["blame"] is None
    assert "recv(), line 7" in document["pairs"][1]["text"]
    assert (document["submissions"], document["sample"]) == (2, None)
    assert b"\x1b" not in data
