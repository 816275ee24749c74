"""Whether what should be printed was seen, by a quick look."""

from __future__ import annotations

import pytest

from grader.lab.load import load_lab
from grader.lab.texts import texts_of
from grader.lab.words import words_of
from grader.resources import scenarios_root
from grader.run.printed import Printed


def printed(lab_name: str, scenario_name: str) -> tuple[Printed, dict[str, str]]:
    lab = load_lab(scenarios_root() / lab_name)
    scenario = lab.scenario(scenario_name)
    texts = texts_of(lab, scenario, "00" * 16)
    return Printed(words_of(lab, scenario, texts), scenario), texts


def test_all_of_it_is_there_whatever_is_around_and_between() -> None:
    looked_for, texts = printed("echo", "client-drawn")
    answers = [texts[name] for name in ("answer1", "answer2", "answer3")]
    assert looked_for.all_in("\n".join(answers).encode())
    assert looked_for.all_in(" ".join(answers).upper().replace(" ", "\r\n").encode())
    assert not looked_for.all_in("\n".join(answers[:2]).encode())
    assert not looked_for.all_in(b"")


def test_bytes_that_are_no_text_are_no_matter() -> None:
    looked_for, _ = printed("echo", "client-drawn")
    assert not looked_for.all_in(b"\xff\xfe\x00")


@pytest.mark.parametrize("scenario", ["server-long", "server-nominal"])
def test_who_need_not_print_has_printed_all(scenario: str) -> None:
    looked_for, _ = printed("echo", scenario)
    assert looked_for.all_in(b"")
