"""Messages of a run: their bytes, where they end, what is taken out of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.model import Status
from grader.lab.draws import draw_short, generated
from grader.lab.load import load_lab_bytes
from grader.lab.model import Draw, Lab
from grader.lab.texts import texts_of
from grader.lab.words import Words, words_of
from grader.prove.places import places_of
from reference.templates import UnfitValueError, UnknownValueError

LAB = """\
lab: words
title: Words
language: en
port: 7000
messages:
  hello: Bonjour à tous les amis du réseau
  loud: "{{hello | upper}}"
  exact: {text: "a\\r\\n"}
  bytes: {hex: "00 01 ff"}
  block: {generate: {size: 300 KiB}}
  word: {draw: word}
  other-word: {draw: word, length: 4}
  name: {draw: name}
  one: {draw: number, from: 1, to: 9}
  long: {draw: text, length: 500}
  line: {text: "hi {{word}}", framing: line}
  mark: {text: "QUIT\\r\\n", framing: line}
  blank: {text: "\\n", framing: line}
  framed: {hex: "61 62", framing: {length-prefix: u32, order: little}}
  ticket: {pattern: 'T(?P<token>[a-z]+) {{word}}', framing: line}
  answer: {text: "{{token | reverse}} on {{port}}", framing: line}
  yes: {text: "Yes", framing: line, compare: ignore-case}
  either: {any: [yes, {text: "ok", framing: line}, ticket]}
  nick: {pattern: 'NICK (?P<nick>[a-z]+)', framing: line}
  hail: {text: "Hi {{nick}}", framing: line}
  one-of: {any: [nick, ticket]}
  sized: {pattern: '{{hello | upper}}, {{hello | length}}[.]', framing: line}
  total: {text: "{{sum(one, token)}}", framing: line}
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
  - receive: hello
    proves: server.a
"""


def lab_of(scenario: str = SCENARIO) -> Lab:
    return load_lab_bytes({"lab.yaml": LAB.encode(), "s.yaml": scenario.encode()})


@pytest.fixture(scope="module")
def words() -> Words:
    lab = lab_of()
    return words_of(lab, lab.scenarios[0], texts_of(lab, lab.scenarios[0], "0" * 32))


def test_each_kind_has_its_bytes(words: Words) -> None:
    assert words.value("loud").decode() == "BONJOUR À TOUS LES AMIS DU RÉSEAU"
    assert words.framed("exact") == b"a\r\n"
    assert words.framed("bytes") == b"\x00\x01\xff"
    assert len(words.framed("block")) == 300 * 1024
    assert words.framed("framed") == b"\x02\0\0\0ab"
    assert words.framed("line") == b"hi " + words.value("word") + b"\n"


def test_what_is_heard_can_be_said(words: Words) -> None:
    assert words.takes("answer") == {"token"}
    assert words.captures("ticket") == ("token",)
    assert words.takes("either") == words.takes("one-of") == words.takes("nick") == set()
    assert words.captures("one-of") == ("nick", "token")
    assert words.takes("hail") == {"nick"}
    assert words.framed("hail", words.answer("one-of", b"NICK bob\n").heard) == b"Hi bob\n"
    heard = words.answer("ticket", b"Tabc " + words.value("word") + b"\n").heard
    assert words.framed("answer", heard) == b"cba on 7000\n"
    with pytest.raises(UnknownValueError):
        words.framed("answer")
    with pytest.raises(UnfitValueError):
        words.framed("total", heard)


@pytest.mark.parametrize(
    ("name", "frame", "status"),
    [
        ("exact", b"a\r\n", Status.PASS), ("exact", b"a\n", Status.FAIL),
        ("mark", b"QUIT\n", Status.PASS), ("mark", b"QUIT\r\n", Status.PASS),
        ("blank", b"\n", Status.PASS), ("blank", b" \n", Status.FAIL),
        ("yes", b"YES\r\n", Status.PASS), ("yes", b"yes", Status.PARTIAL),
        ("yes", b"yess\n", Status.FAIL), ("either", b"ok\n", Status.PASS),
        ("either", b"yes\n", Status.PASS), ("either", b"no\n", Status.FAIL),
        ("framed", b"\x02\0\0\0ab", Status.PASS), ("framed", b"\0\0\0\x02ab", Status.FAIL),
        ("ticket", b"Tabc no\n", Status.FAIL), ("total", b"3\n", Status.FAIL),
        ("hello", b"bonjour a tous les amis du reseau!", Status.PARTIAL),
    ],
)  # fmt: skip
def test_what_came_is_compared(words: Words, name: str, frame: bytes, status: Status) -> None:
    assert words.answer(name, frame).match.status is status


def test_a_small_text_is_no_part_of_another() -> None:
    lab = load_lab_bytes(
        {
            "lab.yaml": LAB.replace(
                "hello: Bonjour à tous les amis du réseau", "hello: OK"
            ).encode(),
            "s.yaml": SCENARIO.encode(),
        }
    )
    short = words_of(lab, lab.scenarios[0], texts_of(lab, lab.scenarios[0], "0"))
    assert short.answer("hello", b"ok\n").match.status is Status.PARTIAL
    assert short.answer("hello", b"OK\n").match.status is Status.PASS
    assert short.answer("hello", b"KO\n").match.status is Status.FAIL
    assert short.answer("hello", b"BOOKS\n").match.status is Status.FAIL


def test_a_message_ends_where_it_should(words: Words) -> None:
    assert words.length_in("bytes")(b"\0\1") is None
    assert words.length_in("bytes")(b"\0\1\2\3") == 3
    assert words.length_in("either")(b"ok\nmore") == 3
    assert words.length_in("total")(b"12\n") == 3


def test_each_round_has_its_own_draws() -> None:
    scenario = """\
scenario: s
tests: server
title: S
messages:
  numbered: {text: "{{i}} {{word}} {{hello}}", framing: line}
reference:
  - connect
  - repeat:
      times: 3
      steps:
        - send: numbered
        - receive: line
          proves: server.a
"""
    lab = lab_of(scenario)
    steps = lab.scenarios[0].steps
    names = [name for step in steps for name in step.messages]
    assert names == ["numbered-1", "line-1", "numbered-2", "line-2", "numbered-3", "line-3"]
    texts = texts_of(lab, lab.scenarios[0], "0" * 32)
    words = words_of(lab, lab.scenarios[0], texts)
    values = [words.value(name).decode() for name in names]
    drawn = [texts[f"word-{number}"] for number in (1, 2, 3)]
    assert len(set(drawn)) == 3
    assert values[::2] == [f"{n} {w} {lab.messages['hello'].text}" for n, w in enumerate(drawn, 1)]
    assert values[1::2] == [f"hi {w}" for w in drawn]


def test_what_was_said_before_the_rounds_stays_the_same() -> None:
    scenario = """\
scenario: s
tests: server
title: S
messages:
  enter: {text: "I am {{name}}", framing: line}
  says: {text: "<{{name}}> {{word}}", framing: line}
reference:
  - connect
  - send: enter
  - repeat:
      times: 2
      steps:
        - send: [says, word]
        - receive: line
          proves: server.a
"""
    lab = lab_of(scenario)
    texts = texts_of(lab, lab.scenarios[0], "0" * 32)
    words = words_of(lab, lab.scenarios[0], texts)
    one, two = (words.value(f"says-{number}").decode() for number in (1, 2))
    assert one == f"<{texts['name']}> {texts['word-1']}"
    assert two == f"<{texts['name']}> {texts['word-2']}"


@given(st.text(alphabet="0123456789abcdef", min_size=1, max_size=32))
def test_drawn_texts_never_contain_each_other(seed: str) -> None:
    lab = lab_of()
    texts = texts_of(lab, lab.scenarios[0], seed)
    drawn = [texts[name].casefold() for name in ("word", "other-word", "name", "long")]
    for number, one in enumerate(drawn):
        assert not any(one in other for other in drawn[number + 1 :] + drawn[:number])
    assert len(texts["other-word"]) == 4
    assert 1 <= int(texts["one"]) <= 9
    assert len(texts["long"].encode()) >= 500


def test_few_numbers_differ_as_long_as_they_can() -> None:
    draw = Draw(kind="number", low=1, high=12)
    made: list[str] = []
    for number in range(12):
        made.append(draw_short(f"k{number}", draw, made, ()))
    assert sorted(map(int, made)) == list(range(1, 13))


@given(st.text(max_size=8), st.integers(1, 3000))
def test_what_is_generated_has_its_size_and_kind(key: str, size: int) -> None:
    lines = generated(key, size, "lines")
    assert len(generated(key, size, "bytes")) == len(lines) == size
    assert lines.endswith(b"\n")
    assert all(len(line) <= 63 for line in lines.splitlines())
    assert generated(key, size, "text").decode("ascii").replace(" ", "a").isalnum()


def test_a_value_in_a_pattern_is_computed_and_then_taken_literally(words: Words) -> None:
    said = words.value("loud") + b", 35"
    assert words.is_right("sized", said + b".")
    assert not words.is_right("sized", said + b"!")


def test_rounds_have_names_that_nothing_else_has() -> None:
    scenario = SCENARIO + (
        "  - send: w-2\n  - repeat: {times: 2, steps: [{send: w}]}\n"
        "messages: {w: {draw: word}, w-2: the second of two}\n"
    )
    lab = lab_of(scenario)
    sent = [name for step in lab.scenarios[0].steps[2:] for name in step.messages]
    assert sent == ["w-2", "w--1", "w--2"]
    given = {"lab.yaml": LAB.encode(), "s.yaml": scenario.encode()}
    assert [line.name for line in places_of(lab, given).lines] == ["receive:hello"]


def test_hexadecimal_digits_are_drawn() -> None:
    drawn = draw_short("key", Draw(kind="hex", length=12), [], [])
    assert len(bytes.fromhex(drawn)) == 6
    assert drawn == draw_short("key", Draw(kind="hex", length=12), [], [])
    assert len(draw_short("key", Draw(kind="hex"), [], [])) == 8
