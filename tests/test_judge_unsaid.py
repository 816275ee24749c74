"""Lines that want CR LF: what a lone LF costs, what goes on, what is told after a step left out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from transcripts import Play, grade

from grader import transcript as tr
from grader.judge.model import Grade, Status
from grader.judge.unsaid import Unsaid, unsaid
from grader.lab.load import load_lab_bytes
from grader.lab.words import Words, words_of
from grader.view.sequence import moments

LAB = """\
lab: crlf
title: Lines
language: en
port: 7000
framing: {until: "\\r\\n"}
messages:
  greeting: {pattern: '\\+OK (?P<token>[0-9]+)'}
  pass: {text: "PASS {{token}}"}
  twice: {text: "PASS {{sum(token, token)}}"}
  opened: {text: +OK opened}
  ask: {text: ASK}
  ask-more: {text: ASK MORE}
  two-lines: {text: "a\\r\\nb\\r\\n.\\r\\n", framing: {until: "\\r\\n.\\r\\n"}}
  inner: {text: "a\\nb"}
  head: {text: "H\\r\\nx", framing: {until: "\\r\\n", then: {header: Content-Length}}}
criteria:
  server.greet: {points: 2, title: T, requirement: R, hint: H}
  server.open: {points: 2, title: T, requirement: R, hint: H}
scenarios: [server-s, server-together, server-idle]
"""
SCENARIO = """\
scenario: server-s
tests: server
title: S
reference:
  - connect
  - {receive: greeting, proves: server.greet}
  - send: pass
  - {receive: opened, proves: server.open}
  - close
"""
TOGETHER = """\
scenario: server-together
tests: server
title: S
reference:
  - connect
  - {receive: greeting, proves: server.greet}
  - send: pass
  - {send: [ask, ask-more], delivery: coalesced}
  - {receive: opened, proves: server.open}
  - {receive: opened, proves: server.open}
  - close
"""
IDLE = """\
scenario: server-idle
tests: server
title: S
reference:
  - connect
  - {receive: greeting, proves: server.greet}
  - send: ask
  - {receive: end, after: 2 s, proves: server.open}
  - close
"""
FILES = {"server-s": SCENARIO, "server-together": TOGETHER, "server-idle": IDLE}
CRLF = load_lab_bytes(
    {"lab.yaml": LAB.encode(), **{f"{name}.yaml": text.encode() for name, text in FILES.items()}}
)


@pytest.fixture(scope="module")
def words() -> Words:
    return words_of(CRLF, CRLF.scenarios[0], {})


class Talk(Play):
    def step(self, index: int, status: str, reason: str) -> Talk:
        self._add(tr.Step(t=self._t, index=index, status=status, reason=reason))
        return self

    def hears(self, index: int, line: str, reason: str) -> Talk:
        self.receives(line)
        return self.step(index, "done", reason)

    def says(self, index: int, *messages: str) -> Talk:
        data = b"ASK\r\n" * len(messages)
        self._sent += len(data)
        self._add(tr.Sent(t=self._t, data=data, messages=messages))
        return self.step(index, "done", "ready")

    def passes(self, token: str) -> Talk:
        self._add(tr.Sent(t=self._t, data=f"PASS {token}\r\n".encode(), messages=("pass",)))
        return self.step(2, "done", "ready")


def talk(scenario: str = "server-s") -> Talk:
    play = Talk(scenario, CRLF.port)
    play.listens(CRLF.port)
    play.connected(CRLF.port)
    return play


def graded(end: str, reason: str) -> Grade:
    told = talk().hears(1, f"+OK 42{end}", reason).passes("42")
    return grade(told.hears(3, f"+OK opened{end}", reason).we_close().exits(), lab=CRLF)


def test_a_line_feed_alone_costs_half_and_is_told() -> None:
    made = graded("\n", "ready")
    assert [c.points for c in made.criteria] == [Fraction(1), Fraction(1)]
    (found,) = (d for d in made.diagnoses if d.level == "error")
    assert (found.id, found.criteria) == ("line-ending-mix", ("server.greet", "server.open"))
    assert "\\r\\n" in found.explanation.in_language("fr")
    said = made.criteria[0].findings[0].what.in_language("en")
    assert "ends with \\n, without the \\r" in said


@pytest.mark.parametrize(
    ("end", "reason", "points", "ids"),
    [("\r\n", "received", 4, []), ("", "ready", 2, ["missing-terminator"])],
)
def test_other_ends_are_what_they_were(end: str, reason: str, points: int, ids: list[str]) -> None:
    made = graded(end, reason)
    assert sum(c.points for c in made.criteria) == points
    assert [d.id for d in made.diagnoses if d.level == "error"] == ids


def test_values_are_captured_and_what_follows_is_another_message(words: Words) -> None:
    assert words.answer("greeting", b"+OK 42\n").heard == {"token": b"42"}
    both = b"+OK 42\n+OK opened\n"
    assert words.rest_in("greeting", both) == len(b"+OK 42\n")
    assert words.rest_in("inner", b"a\nb") == 3  # all of it is right
    assert words.rest_in("two-lines", b"a\nb\n.\n") == 6
    assert words.rest_in("head", both) == len(both)


def test_lines_within_a_message_may_lack_it_too(words: Words) -> None:
    answer = words.answer("two-lines", b"a\nb\n.\n")
    assert (answer.match.status, answer.bare, answer.whole) == (Status.PARTIAL, True, False)
    assert words.answer("two-lines", b"a\nc\n.\n").match.status is Status.FAIL
    assert words.answer("head", b"H\nx\n").match.status is Status.FAIL


def test_what_could_not_be_said_says_why() -> None:
    told = talk().hears(1, "hello\r\n", "received").step(2, "missed", "script")
    made = told.step(3, "missed", "stuck").exits()
    scenario = CRLF.scenarios[0]
    left_out = unsaid(made, CRLF, scenario)
    assert left_out == {2: Unsaid(("token",), ("token",))}
    labels = [m.label for m in moments(made, "en", scenario.steps, left_out=left_out)]
    assert "not sent: a message (it needs token, which was not captured)" in labels
    (said,) = (m.label for m in moments(made, "fr", scenario.steps, left_out=left_out)
               if m.label.startswith("pas envoyé"))  # fmt: skip
    assert "token" in said


@pytest.mark.parametrize("unsaid_before", [True, False])
def test_who_was_not_told_all_does_not_take_several_for_one(*, unsaid_before: bool) -> None:
    play = talk("server-together")
    if unsaid_before:
        play.hears(1, "hello\r\n", "received").step(2, "missed", "script")
    else:
        play.hears(1, "+OK 42\r\n", "received").passes("42")
        play._sent += len("PASS 42\r\n")
    play.says(3, "ask", "ask-more").consumed()
    made = grade(play.step(4, "missed", "ready").step(5, "missed", "ready").exits(), lab=CRLF)
    told = {d.id for d in made.diagnoses if d.level == "error"}
    assert ("one-recv-is-one-message" in told) is not unsaid_before


def test_a_word_taken_for_a_number_is_no_shifted_read_where_lines_have_marks() -> None:
    error = "ValueError: invalid literal for int() with base 10: 'PASS'"
    play = talk().hears(1, "+OK 42\r\n", "received").passes("42")
    play.raises(error, 9, "count = int(line.split()[0])").fin()
    made = grade(play.exits(1), lab=CRLF)
    assert "framing-drift" not in {d.id for d in made.diagnoses}


def test_who_is_to_close_after_a_while_is_told_so() -> None:
    play = talk("server-idle").hears(1, "+OK 42\r\n", "received").says(2, "ask")
    play.consumed().waits("recvfrom", "connection")
    made = grade(play.step(3, "missed", "stuck").we_close().stuck(), lab=CRLF)
    (found,) = (d for d in made.diagnoses if d.level == "error")
    assert found.id == "waits-for-end-of-stream"
    assert "nothing comes for 2 s, your server is to close" in found.explanation.in_language("en")
