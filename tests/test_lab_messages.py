"""The section `messages:`: every error at its place, with what was probably meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lab import fields
from grader.lab.load import load_lab_bytes
from grader.lab.model import Demand, ExpectStdout
from grader.lab.problems import LabError

HEAD = """\
lab: words
title: Words
language: en
port: 7000
"""
TAIL = """\
criteria:
  server.a: {points: 1, title: T, requirement: R, hint: H}
scenarios: [s]
"""
SCENARIO = """\
scenario: s
tests: server
title: S
reference:
  - connect
  - receive: ok
    proves: server.a
"""


def told(messages: str, scenario: str = SCENARIO, extra: str = "") -> list[str]:
    """The problems of a lab with these lines."""
    text = HEAD + extra + "messages:\n  ok: All is well\n" + messages + TAIL
    try:
        load_lab_bytes({"lab.yaml": text.encode(), "s.yaml": scenario.encode()})
    except LabError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("m: {txt: a}", "7:7: the message 'm': unknown key 'txt'; did you mean 'text'?"),
        (
            "m: {text: a, hex: '00'}",
            "7:6: the message 'm': needs one of: text, hex, generate",
        ),
        ("m: {hex: 10}", 'hex takes pairs of digits in quotes, such as "00 01 ff"'),
        ("m: {hex: '0g'}", "hex takes pairs of digits"),
        ("m: {generate: {size: 1 GiB}}", "at most 8 MiB can be generated"),
        ("m: {generate: {size: 1, kind: byte}}", "did you mean 'bytes'?"),
        ("m: {draw: wrod}", "did you mean 'word'?"),
        ("m: {draw: word, from: 1}", "'from' does not belong to `draw: word`"),
        ("m: {draw: number, from: 9, to: 1}", "'to' must not be less than 'from'"),
        ("m: {draw: word, length: 99}", "a word is drawn with at most 40"),
        ("m: {text: a, length: 3}", "7:16: 'length' belongs to `draw`, not to `text`"),
        ("m: '{{okk}}'", "7:3: the message 'm': no value 'okk'; did you mean 'ok'?"),
        ("m: '{{ok | uper}}'", "no function 'uper'; did you mean 'upper'?"),
        ("m: '{{ok'", "'{{' without '}}'"),
        ("m: '{{m}}'", "the message 'm' is made of itself"),
        (
            "m: {pattern: 'a+'}",
            "a pattern does not say where the message ends; add",
        ),
        ("m: {pattern: '(a', framing: line}", "the pattern, at 'a': ')' is missing"),
        ("m: {pattern: '(?P<ok>a)', framing: line}", "'ok' is captured by a pattern, too"),
        ("m: {any: [ok, oops]}", "no alternative 'oops'"),
        ("m: {any: [ok, {text: a, framing: line}]}", "must have the same framing"),
        ("m: {text: a, framing: lines}", "did you mean 'line'?"),
        ("m: {text: a, framing: {length-prefix: u64}}", "length-prefix: unknown 'u64'"),
        ("m: {text: a, framing: {until: x, order: big}}", "'order' belongs to `length-prefix`"),
        ("m: {text: a, framing: {order: big}}", "framing needs one of: until, length-prefix, size"),
        ("port: a", "7:3: 'port' is a value already; name it otherwise"),
    ],
)
def test_an_author_is_told_where_and_what_was_meant(line: str, problem: str) -> None:
    found = told(f"  {line}\n")
    assert any(problem in one for one in found), found


def scenario_with(steps: str, expect: str = "", messages: str = "") -> str:
    text = SCENARIO.replace("reference:", messages + "reference:") + steps
    return text + (f"expect:\n  stdout:\n{expect}" if expect else "")


@pytest.mark.parametrize(
    ("scenario", "problem"),
    [
        (scenario_with("  - send: again\n", messages="messages: {again: '{{nonce}}'}\n"),
         "s.yaml:4:12: the message 'again': no value 'nonce'"),
        (scenario_with("  - send: late\n  - receive: token\n", messages=(
            "messages:\n  late: '{{nonce}} it is'\n"
            "  token: {pattern: '(?P<nonce>a)', framing: line}\n")),
         "'late' is made of 'nonce': no message received above captures it"),
        (scenario_with("  - send: n\n", messages="messages: {n: 'number {{i}}'}\n"),
         "'n' is made of 'i': only steps within `repeat` are counted"),
        (scenario_with("  - repeat: {times: 0, steps: [close]}\n"), "a whole number from 1 to 100"),
        (scenario_with("  - repeat: {times: 2, steps: [{repeat: {times: 2, steps: []}}]}\n"),
         "a 'repeat' within another"),
        (scenario_with("  - close\n", messages="messages: {ok: no}\n"),
         "the message 'ok' stands in lab.yaml already"),
        (scenario_with("", "    - {absent: ok, times: 2}\n"), "absent: leave 'times' out"),
        (scenario_with("", "    - {contains: ok, line: ok}\n"), "'line' stands beside 'contains'"),
        (scenario_with("", "    - {contains: p}\n",
                       "messages: {p: {pattern: a, framing: line}}\n"),
         "'p' is a pattern: look for it as a `line`"),
        (scenario_with("", "    - {contains: ok, level: advice, proves: server.a}\n"),
         "advice gives no points: leave 'proves' out, or write `level: should`"),
    ],
)  # fmt: skip
def test_a_scenario_is_told_where_and_what_was_meant(scenario: str, problem: str) -> None:
    found = told("", scenario)
    assert any(problem in one for one in found), found


def test_criteria_require_what_is_there_and_not_themselves() -> None:
    text = (HEAD + "messages: {ok: All is well}\n" + TAIL).replace("hint: H}", "hint: H, {}}")
    for wanted, problem in (("server.b", "no criterion 'server.b'"), ("server.a", "itself")):
        lab = text.replace("{}}", f"requires: [{wanted}]}}")
        with pytest.raises(LabError, match=problem):
            load_lab_bytes({"lab.yaml": lab.encode(), "s.yaml": SCENARIO.encode()})


def test_a_message_printed_in_each_round_is_expected_each_time() -> None:
    scenario = scenario_with(
        "  - repeat: {times: 2, steps: [{send: w}]}\n",
        "    - {line: w, level: should, proves: server.a}\n",
        "messages: {w: {draw: word}}\n",
    )
    text = HEAD + "messages: {ok: All is well}\n" + TAIL
    lab = load_lab_bytes({"lab.yaml": text.encode(), "s.yaml": scenario.encode()})
    one, two = lab.scenarios[0].expect
    assert isinstance(one, ExpectStdout)
    assert isinstance(two, ExpectStdout)
    assert (one.message, one.how, one.after, one.demand) == ("w-1", "line", None, Demand.SHOULD)
    assert (two.message, two.after) == ("w-2", "w-1")
    assert set(lab.roles) == {"server"}


@pytest.mark.parametrize("table", [fields.MESSAGE, fields.FRAMINGS, fields.GENERATE,
                                   fields.REPEAT, fields.STDOUT])  # fmt: skip
def test_every_field_says_what_it_means(table: tuple[fields.FieldOf, ...]) -> None:
    assert len(set(fields.names(table))) == len(table)
    for entry in table:
        assert entry.about
        assert entry.name in entry.example
        assert (entry.kind == "word") or not entry.options


@given(st.dictionaries(
    st.sampled_from(["text", "hex", "draw", "pattern", "any", "framing", "compare", "length"]),
    st.one_of(st.text(max_size=8), st.integers(-5, 5), st.lists(st.text(max_size=3), max_size=3)),
    max_size=4,
))  # fmt: skip
def test_any_message_is_read_or_told(fields_given: dict[str, object]) -> None:
    import json

    told(f"  m: {json.dumps(fields_given)}\n")
