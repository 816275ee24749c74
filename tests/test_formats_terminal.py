"""What a student reads in the terminal after `check`: each thing once, and in words."""

from __future__ import annotations

import re

import pytest
from report_samples import lab, stuck_grade
from transcripts import (
    GOODBYE,
    GREETING,
    HELLO,
    LAB,
    Play,
    grade,
    right_client,
    right_server,
    server,
)

from grader.formats.terminal import Style, check_text

REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused"
NEVER_STARTED = grade(
    Play("server-nominal").raises("SyntaxError: invalid syntax", 7, "print(").exits(1),
    right_client(),
)
LATE = (
    server()
    .sends("hello")
    .consumed()
    .prints(HELLO)
    .receives(GREETING)
    .sends("goodbye")
    .consumed()
    .prints(GOODBYE)
    .fin()
    .we_close()
    .exits()
)


def test_ids_of_scenarios_are_not_for_people() -> None:
    text = check_text(lab(), stuck_grade(), "en")
    assert not re.search(r"(?:server|client)-[a-z]+", text)
    assert "To go further: no points lost." in text


def test_a_crash_is_told_once() -> None:
    told = check_text(LAB, NEVER_STARTED, "en")
    assert told.count("Because of:") == 1
    assert "  6 other criteria fail for the same reason: Python cannot read" in told
    french = check_text(LAB, NEVER_STARTED, "fr")
    assert "  6 autres critères échouent pour la même raison\u00a0: " in french
    assert french.count("✗") == 7


def test_a_remark_is_a_sentence_with_its_place_and_situation() -> None:
    alone = (
        Play("client-no-server").dials(65432).raises(REFUSED, 4, "s.connect(('localhost', 65432))")
    )
    told = check_text(LAB, grade(right_server(), right_client(), alone.exits(1)), "en")
    told = " ".join(told.split())
    assert "client.py:4: We started your client with no server running, and it stopped" in told
    assert "with the error. (There is no server)" in told
    assert "(line 4)" not in told


def test_what_is_equal_is_not_compared() -> None:
    late = LATE
    told = check_text(LAB, grade(late), "en")
    assert "came too late" in told
    assert "Got:" not in told


@pytest.mark.parametrize(("columns", "whole"), [(77, False), (78, True), (80, True), (100, True)])
def test_a_text_is_not_cut_for_its_last_letter(columns: int, whole: bool) -> None:
    play = server().waits("recvfrom", "connection").we_close().stuck()
    told = check_text(LAB, grade(play), "en", Style(columns=columns))
    assert (f"  Expected: {GREETING}\n" in told) == whole
    assert max(map(len, told.splitlines())) <= columns
