"""docs/lab-language.md is true: its tables are those of the code, its examples load."""

from __future__ import annotations

import re

from language_tables import PAGE, filled

from grader.lab.load import load_lab_bytes

TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
OTHERS = [b for b in BLOCKS if "log-in" in b or "either:" in b or b.startswith("expect:")]
AROUND = """\
lab: some
title: T
language: en
port: 7000
{}
criteria:
  server.a: {{points: 1, title: T, requirement: R, hint: H}}
scenarios: [s]
"""
SCENARIO = """\
scenario: s
tests: server
title: T
reference:
  - connect
  - receive: {}
    proves: server.a
"""


def test_the_tables_are_those_of_the_code() -> None:
    # After a change in the code: python tests/language_tables.py
    assert filled(TEXT) == TEXT


def test_the_whole_example_loads() -> None:
    lab, scenario = BLOCKS[:2]
    loaded = load_lab_bytes({"lab.yaml": lab.encode(), "three-sums.yaml": scenario.encode()})
    assert len(loaded.scenarios[0].steps) == 3 + 2 * 3 + 1
    assert set(loaded.roles) == {"server"}


def test_the_other_examples_load() -> None:
    for block in (block for block in BLOCKS[2:] if block not in OTHERS):
        name = re.findall(r"^  ([a-z]+):", block, re.MULTILINE)[-1]
        lab, scenario = AROUND.format(block), SCENARIO.format(name)
        files = {"lab.yaml": lab.encode(), "s.yaml": scenario.encode()}
        assert load_lab_bytes(files).messages[name]


def test_the_example_of_several_right_behaviours_loads() -> None:
    (reference,) = (block for block in BLOCKS if "either:" in block)
    words = "welcome: WELCOME here, join: JOIN here, ok: OK, busy: BUSY, name: NAME, hello: HELLO"
    lab = AROUND.format("framing: line\nmessages: {" + words + "}\n")
    scenario = SCENARIO.partition("reference:")[0] + reference
    files = {"lab.yaml": lab.replace("server.a", "server.join"), "s.yaml": scenario}
    more = "  server.hello: {points: 1, title: T, requirement: R, hint: H, enabled: false}\n"
    files["lab.yaml"] = files["lab.yaml"].replace("scenarios:", f"{more}scenarios:")
    loaded = load_lab_bytes({name: text.encode() for name, text in files.items()})
    assert [step.way for step in loaded.scenarios[0].steps if step.either] == [0, 0, 0, 1, 1]


def test_the_example_of_shared_steps_loads() -> None:
    steps, reference = (block for block in BLOCKS if "log-in" in block)
    words = "messages: {user: USER of this lab, ok: OK and welcome here}\n"
    lab = AROUND.format(words).replace("server.a", "server.user") + steps
    scenario = SCENARIO.partition("reference:")[0] + reference
    loaded = load_lab_bytes({"lab.yaml": lab.encode(), "s.yaml": scenario.encode()})
    assert [step.connection for step in loaded.scenarios[0].steps] == ["alice"] * 3 + ["bob"] * 3
