"""Several connections: what came too late, and what was taken for another message."""

from __future__ import annotations

from pathlib import Path

import report_samples
from msgspec.structs import replace

from grader import transcript as tr
from grader.judge.checks import check
from grader.lab.load import load_lab
from grader.lab.model import Action

LAB = load_lab(Path(__file__).resolve().parents[1] / "scenarios" / "echo-multi")
SCENARIO = LAB.scenario("server-leaving")
FOUR, FIVE = "quatre vélos\n", "cinq nuages\n"


def test_an_answer_that_was_given_up_and_came_in_the_place_of_the_next() -> None:
    """Carol was accepted only when Alice had left: her first line came back behind her second."""
    texts = {"four": FOUR.strip(), "five": FIVE.strip()}
    header = replace(report_samples.header(SCENARIO.id), texts=texts, port=7070)
    receives = [
        number
        for number, step in enumerate(SCENARIO.steps)
        if step.connection == "carol" and step.action is Action.RECEIVE
    ]
    four, five = receives
    run = tr.of(
        header,
        [
            tr.Connected(t=0, connection="carol", local=("127.0.0.1", 4), remote=("::1", 7070)),
            tr.Sent(t=1, connection="carol", data=FOUR.encode(), messages=("four",)),
            tr.Step(t=2, index=four, status="begun", reason=""),
            tr.Step(t=3, index=four, status="missed", reason="stuck"),
            tr.Sent(t=4, connection="carol", data=FIVE.encode(), messages=("five",)),
            tr.Step(t=5, index=five, status="begun", reason=""),
            tr.Received(t=6, connection="carol", data=FOUR.encode()),
            tr.Step(t=7, index=five, status="done", reason=""),
            tr.Ended(t=8, outcome="stuck"),
        ],
    )
    told = {f.expectation: f.what.in_language("en") for f in check(run, LAB, SCENARIO)}
    assert "came only afterwards" in told["receive:four:carol"]
    assert "expected earlier" in told["receive:five:carol"]
