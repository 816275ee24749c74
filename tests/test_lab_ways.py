"""`optional` and `either` in a scenario: what is read, and each error at its place."""

from __future__ import annotations

import pytest

from grader.lab.load import load_lab_bytes
from grader.lab.model import Scenario
from grader.lab.problems import LabError
from grader.lab.ways import count, one_way

LAB = """\
lab: small
title: {fr: Petit, en: Small}
port: 65432
framing: line
messages:
  hello: {pattern: 'HELLO (?P<who>.*)'}
  ok: {text: OK}
  busy: {text: BUSY}
  raw: {text: RAW!, framing: {size: 4}}
  back: {text: "BACK {{who}}"}
criteria:
  server.answer:
    points: 1
    title: {fr: Répondre, en: Answer}
    requirement: {fr: Répondre., en: Answer.}
    hint: {fr: "?", en: "?"}
scenarios: [server-a]
"""
HEAD = """\
scenario: server-a
tests: server
title: {fr: Essai, en: Trial}
reference:
  - connect
"""
EITHER = """\
  - either:
      - [{receive: ok, proves: server.answer}, {send: busy}]
      - [{receive: busy, proves: server.answer}, {receive: end}]
"""


def load(steps: str) -> Scenario:
    return load_lab_bytes(
        {"lab.yaml": LAB.encode(), "server-a.yaml": (HEAD + steps).encode()}
    ).scenarios[0]


def test_an_optional_message_and_the_ways_are_read() -> None:
    scenario = load("  - {receive: hello, optional: true}\n" + EITHER)
    assert [step.optional for step in scenario.steps] == [False, True, False, False, False, False]
    assert [(step.either, step.way) for step in scenario.steps[2:]] == [
        (1, 0),
        (1, 0),
        (1, 1),
        (1, 1),
    ]
    assert count(scenario.steps) == 2
    ways = [[step.action for step in one_way(scenario.steps, way)][2:] for way in (0, 1, 2)]
    assert ways == [["receive", "send"], ["receive", "end"], ["receive", "end"]]


@pytest.mark.parametrize(
    ("steps", "place", "message"),
    [
        ("  - {receive: hello, optional: true, proves: server.answer}\n", "6:46",
         "optional: what may be left out proves nothing"),
        ("  - {send: ok, optional: true}\n", "6:26", "only a message that is received, not 'send'"),
        ("  - {receive: hello, optional: true, within: 2 s}\n", "6:32", "optional: it has no time"),
        ("  - {receive: hello, optional: true, on_miss: stop}\n", "6:32", "nothing is missed"),
        ("  - {receive: hello, optional: maybe}\n", "6:32", "optional must be true or false"),
        ("  - {receive: hello, optional: true}\n  - {receive: hello}\n", "6:5",
         "optional: 'hello' is awaited next, too"),
        ("  - {receive: hello, optional: true}\n  - send: back\n", "7:5",
         "'back' is made of 'who': only a message that may be left out captures it"),
        ("  - either: [[{receive: ok}]]\n", "6:13", "either: two lists of steps or more"),
        ("  - either: [[{send: ok}], [{receive: busy}]]\n", "6:15", "each list begins with"),
        ("  - either: [[{receive: end}], [{receive: busy}]]\n", "6:15", "the first of them"),
        ("  - either: [[{receive: ok}], [{receive: ok}]]\n", "6:32", "begins with the same"),
        ("  - either: [[{receive: ok}], [{receive: raw}]]\n", "6:15", "must have the same framing"),
        ("  - either: [[{receive: ok, within: 1 s}], [{receive: busy}]]\n", "6:15", "no time"),
        ("  - either: [[{receive: ok}, restart], [{receive: busy}]]\n", "6:30",
         "'restart' stands outside of 'either'"),
        ("  - either: [[{receive: ok}, close], [{receive: busy}]]\n  - send: ok\n", "7:5",
         "there is no connection here"),
        ("  - either: [[{receive: ok}], [{receive: hello}]]\n  - send: back\n", "7:5",
         "no message received above captures it"),
        ("  - repeat: {times: 2, steps: [{either: [[], []]}]}\n", "6:32", "'either' stands in the"),
    ],
)  # fmt: skip
def test_each_error_is_told_at_its_place(steps: str, place: str, message: str) -> None:
    with pytest.raises(LabError) as caught:
        load(steps + "  - {receive: raw, proves: server.answer}\n" * ("answer" not in steps))
    told = [str(problem) for problem in caught.value.problems]
    assert any(one.startswith(f"server-a.yaml:{place}:") and message in one for one in told), told


def test_what_one_of_the_ways_proves_alone_is_not_proved() -> None:
    with pytest.raises(LabError, match=r"no graded scenario proves 'server\.answer'"):
        load(EITHER.replace("{receive: busy, proves: server.answer}", "{receive: busy}"))
