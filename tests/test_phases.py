"""Every run several times: which repeats are played when, and beside what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import engine_tools as tools
import pytest
from batch_tools import run_of, source, submission

from grader.batch.plan import jobs_of
from grader.run import phases
from grader.run.jobs import NOTHING, Job, Played
from grader.run.phases import BATCH, InPhases, Phase
from grader.runids import run_id

LOAD: list[int] = []
"""Busy processes at this moment."""


@contextmanager
def pretended(processes: int) -> Iterator[tuple[int, ...]]:
    LOAD.append(processes)
    try:
        yield ()
    finally:
        LOAD.pop()


@pytest.fixture(autouse=True)
def no_real_load(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "sandbox" not in request.keywords:
        monkeypatch.setattr(phases, "busy", pretended)


class Engine:
    """Notes who was played in which repeats, beside what; loses those of `lost`."""

    def __init__(self, *lost: str) -> None:
        self.lost = lost
        self.played: list[tuple[str, tuple[int, ...], list[int]]] = []

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for job in jobs:
            self.played.append((job.key, job.repeats, list(LOAD)))
            if job.key in self.lost:
                continue
            runs = [run_of(job, run_id("server-nominal", n)) for n in job.numbers]
            yield Played(key=job.key, role=job.role, runs=tuple(runs))


def jobs(count: int, certify: int) -> list[Job]:
    return [
        job
        for number in range(count)
        for job in jobs_of(source().lab, submission(f"s{number}"), "0", certify)
    ]


def names(played: Played) -> list[str]:
    return [run.transcript.header.run for run in played.runs]


def test_odd_repeats_are_idle_and_even_ones_loaded() -> None:
    engine = Engine()
    told: list[Phase] = []
    done = list(InPhases(engine, 8, told.append).play(jobs(2, 5)))
    assert engine.played == [
        ("s0", (1, 3, 5), []),
        ("s1", (1, 3, 5), []),
        ("s0", (2, 4), [8]),
        ("s1", (2, 4), [8]),
    ]
    assert [one.key for one in done] == ["s0", "s1"]
    assert names(done[0]) == ["server-nominal", *(f"server-nominal~{n}" for n in (2, 3, 4, 5))]
    assert told == [
        Phase(name="idle", jobs=2, repeats=(1, 3, 5), processes=0),
        Phase(name="loaded", jobs=2, repeats=(2, 4), processes=8),
    ]


def test_once_needs_no_load() -> None:
    engine = Engine()
    assert [names(one) for one in InPhases(engine, 8).play(jobs(1, 1))] == [["server-nominal"]]
    assert engine.played == [("s0", (1,), [])]


def test_a_class_is_played_batch_by_batch() -> None:
    engine = Engine()
    pulled = 0

    def pulling() -> Iterator[Job]:
        nonlocal pulled
        for job in jobs(BATCH + 1, 2):
            pulled += 1
            yield job

    done = InPhases(engine, 8).play(pulling())
    next(done)
    assert pulled == BATCH
    assert len(list(done)) == BATCH
    assert [load for _, _, load in engine.played] == ([[]] * BATCH + [[8]] * BATCH + [[], [8]])


def test_what_was_played_of_a_lost_job_is_kept() -> None:
    class Losing(Engine):
        def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
            return (one for one in super().play(jobs) if not LOAD)

    assert [names(one) for one in InPhases(Losing(), 8).play(jobs(1, 2))] == [["server-nominal"]]


def test_nothing_done_yet_is_no_job() -> None:
    class Waiting(Engine):
        def play(self, given: Iterable[Job]) -> Iterator[Played]:
            for played in super().play(given):
                yield from (NOTHING, played, NOTHING)

    expected = list(InPhases(Engine(), 1).play(jobs(2, certify=2)))
    assert list(InPhases(Waiting(), 1).play(jobs(2, certify=2))) == expected


def test_load_ends_when_nobody_waits_for_more() -> None:
    done = InPhases(Engine(), 8).play(jobs(2, 2))
    next(done)
    assert LOAD == [8]
    done.close()  # type: ignore[attr-defined]
    assert LOAD == []


@pytest.mark.sandbox
def test_real_runs_beside_real_load() -> None:
    text = """
        import socket
        s = socket.socket(); s.bind(("", PORT)); s.listen(); c, _ = s.accept()
        c.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        print(c.recv(1024).decode()); print(c.recv(1024).decode()); c.close()
        """
    with tools.engine("full", jobs=2) as engine:
        one = tools.job(text, "server-nominal", certify=4)
        (played,) = InPhases(engine, 2).play([one])
    assert names(played) == ["server-nominal", *(f"server-nominal~{n}" for n in (2, 3, 4))]
    assert {run.transcript.end.outcome for run in played.runs} == {"completed"}
