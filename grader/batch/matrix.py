"""Plays the class's matrix: which pairs, and what each came to. Nothing of it is graded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.judge.matrix import Cell, LeftOut, Matrix, Member
from grader.judge.pair import judge_pair
from grader.lab.model import Lab, Role, Scenario, Text
from grader.lab.texts import seed_of
from grader.run.jobs import Job, Partner, Played, Plays
from grader.submission import Submission

MOST = 12
"""Submissions of a class that are played without being asked: 144 pairs take a minute or so."""
_NO_PROGRAM = {
    "server": Text({"fr": "pas de serveur", "en": "no server"}),
    "client": Text({"fr": "pas de client", "en": "no client"}),
}


class NoPairError(Exception):
    """There is nothing to be played: the lab has no scenario for it, or the class no pair."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be played."""

    lab: Lab
    scenario: Scenario
    servers: tuple[Submission, ...]
    clients: tuple[Submission, ...]
    left_out: tuple[LeftOut, ...]
    of: int
    sample: int | None
    seed: str

    @property
    def size(self) -> int:
        """How many pairs."""
        return len(self.servers) * len(self.clients)


def drawn(ids: Sequence[str], sample: int | None, seed: str) -> list[str]:
    """`sample` of the ids, in their order: the same ones for the same seed, on any machine."""
    if sample is None or sample >= len(ids):
        return list(ids)

    def lot(identifier: str) -> bytes:
        return hashlib.sha256(f"{seed}\0{identifier}".encode("utf-8", "surrogatepass")).digest()

    chosen = {*sorted(ids, key=lot)[:sample]}
    return [identifier for identifier in ids if identifier in chosen]


def plan(
    lab: Lab, submissions: Sequence[Submission], of: int, sample: int | None, seed: str
) -> Plan:
    """The pairs of these submissions, which are all (`sample` None) or a sample of `of`.

    Raises:
        NoPairError: there is no scenario for pairs, or no pair.
    """
    scenario = pair_scenario(lab)
    servers = tuple(s for s in submissions if _has(s, "server"))
    clients = tuple(s for s in submissions if _has(s, "client"))
    if not servers or not clients:
        raise NoPairError("there is no server, or no client, in these submissions")
    return Plan(
        lab=lab, scenario=scenario, servers=servers, clients=clients,
        left_out=tuple(_left_out(submissions)), of=of, sample=sample, seed=seed,
    )  # fmt: skip


def pair_scenario(lab: Lab) -> Scenario:
    """The lab's scenario for two programs.

    Raises:
        NoPairError: it has none.
    """
    for scenario in lab.scenarios:
        if scenario.tests == "both":
            return scenario
    raise NoPairError(f"the lab {lab.id} has no scenario with `tests: both`")


def play(planned: Plan, engine: Plays) -> Iterator[Cell]:
    """Each pair as it is done, in any order.

    Raises:
        HostError: no run is possible on this machine.
    """
    for played in engine.play(_jobs(planned)):
        yield _cell(planned, played)


def matrix_of(planned: Plan, cells: Iterable[Cell]) -> Matrix:
    """The whole, in the order of the class."""
    servers = tuple(_member(s, "server") for s in planned.servers)
    clients = tuple(_member(s, "client") for s in planned.clients)
    by_ids = {(cell.server, cell.client): cell for cell in cells}
    ordered = (by_ids.get((s.id, c.id)) for s in servers for c in clients)
    return Matrix(
        servers=servers, clients=clients, cells=tuple(c for c in ordered if c is not None),
        left_out=planned.left_out, of=planned.of, sample=planned.sample, seed=planned.seed,
    )  # fmt: skip


def _jobs(planned: Plan) -> Iterator[Job]:
    lab = planned.lab
    for row, server in enumerate(planned.servers):
        for column, client in enumerate(planned.clients):
            yield Job(
                key=f"{row}/{column}", lab=lab, role="both", scenarios=(planned.scenario,),
                program=server.programs.server or "", files=server.files,
                seed=seed_of(lab.salt, f"{server.digest} {client.digest}"),
                partner=Partner(program=client.programs.client or "", files=client.files),
            )  # fmt: skip


def _cell(planned: Plan, played: Played) -> Cell:
    row, column = (int(number) for number in played.key.split("/"))
    transcript = played.runs[0].transcript
    return Cell(
        server=planned.servers[row].id,
        client=planned.clients[column].id,
        verdict=judge_pair(transcript, planned.lab, planned.scenario),
        seconds=transcript.end.t / 1e9,
    )


def _has(submission: Submission, role: Role) -> bool:
    hopeless = {missing.role for missing in submission.missing}
    there = submission.programs.of(role) is not None
    return submission.problem is None and there and role not in hopeless


def _member(submission: Submission, role: Role) -> Member:
    program = submission.programs.of(role) or ""
    return Member(id=submission.id, name=submission.name, program=program)


def _left_out(submissions: Sequence[Submission]) -> Iterator[LeftOut]:
    for submission in submissions:
        if submission.problem is not None:
            yield LeftOut(name=submission.name, reason=submission.problem.message)
            continue
        for role in ("server", "client"):
            if not _has(submission, role):
                yield LeftOut(name=submission.name, reason=_NO_PROGRAM[role])
