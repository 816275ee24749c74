"""The split sweep as it is played: a run for each cut, and when there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import engine_tools as tools
import pytest
from batch_tools import run_of

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.model import Programs
from grader.lab.model import Lab, Message, Scenario
from grader.run.jobs import Job, PlayedRun
from grader.run.program import Program
from grader.run.runner import Place, Runner


def lab(greeting: str) -> Lab:
    """tp09 with a greeting that has few bytes."""
    whole = tools.tp09()
    messages = {**whole.messages, "greeting": Message(name="greeting", text=greeting)}
    return replace(whole, messages=messages)


def job(source: str, greeting: str, certify: int = 1) -> Job:
    return tools.job(
        source, "client-nominal", "client-split-every", lab=lab(greeting), certify=certify
    )


BY_PIECES = """
    import socket, sys
    c = socket.create_connection(("localhost", PORT))
    read = 0
    while read < SIZE:
        piece = c.recv(1024)
        read += len(piece)
        sys.stdout.write(piece.decode())
    print()
    c.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    c.sendall("Serveur 65432, je vous dis au revoir".encode())
    c.close()
    """


@pytest.mark.sandbox
def test_one_that_decodes_each_piece_fails_inside_characters_only() -> None:
    greeting = "ah, été"
    size = len(greeting.encode())
    one = job(BY_PIECES.replace("SIZE", str(size)), greeting, certify=2)
    with tools.engine("full") as engine:
        (played,) = tools.play(engine, one)
    transcripts = [run.transcript for run in played.runs]
    names = [transcript.header.run for transcript in transcripts]
    assert names == [
        "client-nominal",
        *(f"client-split-every@{offset}" for offset in range(1, size)),
        "client-nominal~2",
    ]
    assert all(run.pcapng for run in played.runs)
    programs = Programs(server=None, client="prog.py")
    graded = judge(one.lab, "x", "x", tools.SEED, programs, transcripts)
    (sweep,) = graded.sweeps
    assert sweep.offsets == tuple(range(1, size))
    assert sweep.failed == (5, 8)
    assert "inside a character (é)" in sweep.what.in_language("en")
    sent = [
        [e.data for e in t.entries if isinstance(e, tr.Sent)]
        for t in transcripts
        if t.header.run == "client-split-every@6"
    ]
    assert sent == [["ah, é".encode(), "té".encode()]]


# --- when it is not played ---------------------------------------------------------------


class Pretending(Runner[Program]):
    """Every run of the sweep, and every other, ends as it is told."""

    def __init__(self, whole: str, cut: str, seconds: float = 0.01) -> None:
        super().__init__(cast(Place[Program], None))
        self.outcomes = {"client-nominal": whole, "client-split-every": cut}
        self.seconds = seconds

    def _play_safely(self, job: Job, scenario: Scenario, name: str) -> PlayedRun:
        return self._pretended(job, name, self.outcomes[scenario.id])

    def _not_played(
        self, job: Job, scenario: Scenario, name: str, outcome: str, problem: str
    ) -> PlayedRun:
        return self._pretended(job, name, outcome, problem)

    def _pretended(self, job: Job, name: str, outcome: str, problem: str = "") -> PlayedRun:
        run = run_of(job, name)
        ended = tr.Ended(t=int(self.seconds * 1e9), outcome=outcome, problem=problem)
        return PlayedRun(transcript=tr.of(run.transcript.header, [ended]))


def outcomes(runner: Runner[Program], greeting: str = "bonjour") -> list[tuple[str, str]]:
    runs = runner.play(job("pass", greeting))
    return [(run.transcript.header.run, run.transcript.end.outcome) for run in runs]


def test_runs_that_take_to_their_limit_end_the_sweep() -> None:
    assert outcomes(Pretending("completed", "timeout")) == [
        ("client-nominal", "completed"),
        *((f"client-split-every@{offset}", "timeout") for offset in (1, 2, 3)),
        ("client-split-every", "skipped"),
    ]


def test_so_do_runs_that_take_long_in_all() -> None:
    played = outcomes(Pretending("completed", "completed", seconds=25))
    assert [outcome for _, outcome in played] == ["completed"] * 4 + ["skipped"]


def test_others_are_played_to_the_end() -> None:
    played = outcomes(Pretending("completed", "stuck"))
    assert [name for name, _ in played[1:]] == [f"client-split-every@{o}" for o in range(1, 7)]
