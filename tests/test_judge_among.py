"""Several connections: what came too late, and what was taken for another message."""

from __future__ import annotations

import dataclasses
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


def test_an_answer_that_was_given_up_and_came_late_is_no_answer_that_came_early() -> None:
    """The same line twice; the first answer comes when its time is over, before the second line."""
    chat = load_lab(Path(__file__).resolve().parents[1] / "scenarios" / "chat")
    short = {"one-block": chat.messages["one-said"], "block": chat.messages["said"]}
    chat = dataclasses.replace(chat, messages={**chat.messages, **short})
    slow = chat.scenario("server-slow-reader")
    texts = {
        "one": "u", "two": "b", "three": "c", "said": "s", "more": "m", "block": "s",
        "welcome-one": "WELCOME u", "welcome-two": "WELCOME b", "welcome-three": "WELCOME c",
        "join-two": "JOIN b", "join-three": "JOIN c", "one-block": "u: s", "two-more": "b: m",
    }  # fmt: skip
    header = replace(report_samples.header(slow.id), port=7171, texts=texts)
    welcome, join, first, second, *_ = (
        number
        for number, step in enumerate(slow.steps)
        if step.connection == "bob" and step.action is Action.RECEIVE
    )
    answer, said = b"u: s\n", b"s\n"
    run = tr.of(
        header,
        [
            tr.Connected(t=0, connection="alice", local=("127.0.0.1", 3), remote=("::1", 7171)),
            tr.Connected(t=0, connection="bob", local=("127.0.0.1", 4), remote=("::1", 7171)),
            tr.Sent(t=1, connection="bob", data=b"b\n", messages=("two",)),
            tr.Received(t=1, connection="bob", data=b"WELCOME b\nJOIN c\n"),
            tr.Step(t=1, index=welcome, status="done", reason=""),
            tr.Step(t=1, index=join, status="done", reason=""),
            tr.Sent(t=1, connection="alice", data=said, messages=("block",)),
            tr.Step(t=2, index=first, status="begun", reason=""),
            tr.Step(t=3, index=first, status="missed", reason="ready"),
            tr.Received(t=4, connection="bob", data=answer),
            tr.Sent(t=5, connection="alice", data=said, messages=("block",)),
            tr.Step(t=6, index=second, status="done", reason=""),
            tr.Received(t=7, connection="bob", data=answer),
            tr.Ended(t=8, outcome="stuck"),
        ],
    )
    found = [f for f in check(run, chat, slow) if f.expectation == "receive:one-block:bob"]
    told = [f.what.in_language("en") for f in found]
    # Taken as the answer to the second line, it would have come before that was sent.
    assert "expected earlier" in told[1]
    assert not any("before the client" in what for what in told)


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
