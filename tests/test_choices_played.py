"""`optional` and `either` with programs of both kinds, and of a third, in the real sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import engine_tools as tools
import pytest

from grader import transcript as tr
from grader.judge.checks import check
from grader.lab.load import load_lab
from grader.run.engine import Engine

LAB = load_lab(Path(__file__).resolve().parent / "labs" / "choices")
PROGRAMS = Path(__file__).resolve().parent / "labs" / "choices" / "programs"

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with tools.engine("full") as started:
        yield started


@pytest.mark.parametrize(
    ("program", "scenario", "found", "passed_over"),
    [
        ("server_plain", "server-greets", {"receive:hello": "pass"}, {1}),
        ("server_greets", "server-greets", {"receive:hello": "pass"}, set()),
        ("server_late", "server-greets", {"receive:hello": "pass"}, None),
        ("server_third", "server-greets", {"receive:hello": "fail"}, {1}),
        ("server_plain", "server-room", {"receive:ok": "pass", "receive:hello": "pass"},
         {1, 7, 8}),
        ("server_greets", "server-room", {"receive:ok": "pass", "receive:hello": "pass"}, {7, 8}),
        ("server_busy", "server-room", {"receive:busy": "pass", "end": "pass"}, {1, 3, 4, 5, 6}),
        ("server_third", "server-room", {"receive:ok": "fail", "receive:hello": "fail"},
         {1, 7, 8}),
        ("client_quits", "client-leaves", {"end": "pass"}, set()),
        ("client_closes", "client-leaves", {"end": "pass"}, {2}),
        ("client_third", "client-leaves", {"end": "pass"}, {2}),  # nobody asks what comes there
    ],
)  # fmt: skip
def test_right_ways_earn_alike_and_a_third_does_not(
    engine: Engine, program: str, scenario: str, found: dict[str, str], passed_over: set[int] | None
) -> None:
    source = (PROGRAMS / f"{program}.py").read_bytes()
    played = tools.run(engine, tools.job(source, LAB.scenario(scenario), lab=LAB))
    findings = check(played, LAB, LAB.scenario(scenario))
    statuses = {finding.expectation: finding.status.value for finding in findings}
    assert statuses == found, tools.summary(played)
    steps = tools.entries(played, tr.Step)
    found_out = {s.index for s in steps if s.status == "passed-over"}
    assert passed_over is None or found_out == passed_over
    assert played.end.t < 5e9  # no deadline was waited for
