"""What is said of lines that were, or were not, to be printed: it names them."""

from __future__ import annotations

from transcripts import Play

from grader.judge.checks import check
from grader.judge.model import Finding
from grader.lab.load import load_lab_bytes

LAB = """\
lab: screen
title: Screen
language: en
port: 7000
framing: line
messages:
  question: {text: ASK}
  word: {text: .dorovime}
  total: {pattern: '[0-9]+ lines', says: how many lines}
  secret: {text: swordfish}
criteria:
  client.print: {points: 1, title: T, requirement: R, hint: H}
scenarios: [client-s]
"""
SCENARIO = """\
scenario: client-s
tests: client
title: S
reference:
  - accept
  - {receive: question, proves: client.print}
  - close
expect:
  stdout:
    - {line: word, proves: client.print}
    - {line: total, proves: client.print}
    - {absent: secret, proves: client.print}
"""
SCREEN = load_lab_bytes({"lab.yaml": LAB.encode(), "client-s.yaml": SCENARIO.encode()})


def found(*printed: bytes) -> dict[str, Finding]:
    play = Play("client-s", SCREEN.port)
    play.connected(SCREEN.port)
    for line in printed:
        play.prints(line)
    made = check(play.fin().exits(), SCREEN, SCREEN.scenarios[0])
    return {finding.expectation: finding for finding in made}


def test_the_line_most_like_it_stands_beside_the_one_asked_for() -> None:
    made = found(b"..dorovime", b"the end")
    assert made["stdout:word"].actual == b"..dorovime"
    assert made["stdout:total"].actual == b"the end"  # of a form, the last one
    assert made["stdout:word"].evidence


def test_nothing_printed_stands_beside_nothing() -> None:
    assert found()["stdout:word"].actual is None


def test_what_should_not_be_printed_is_quoted_without_its_controls() -> None:
    said = found(b"a swordfish\x1b[31m here")["stdout-absent:secret"].what
    assert said.in_language("en") == "A text is printed, and should not be: “swordfish”."
    assert "swordfish" in said.in_language("fr")
    assert found(b"fish")["stdout-absent:secret"].status == "pass"
