"""Which date counts for copies of students, and what is said of it; dates are far from now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from batch_tools import TP09

from grader.batch.output import Marker
from grader.cli.due import due_of, has_passed, marked
from grader.cli.errors import CommandError
from grader.lab.load import load_lab
from grader.lab.model import Lab, Visibility

PAST = datetime(2001, 1, 1, tzinfo=UTC)
FUTURE = datetime(2999, 1, 1, tzinfo=UTC)
TP = load_lab(TP09)


def lab(due: datetime | None) -> Lab:
    first, *rest = TP.scenarios
    hidden = replace(first, visibility=Visibility.AFTER_DUE)
    return replace(TP, scenarios=(hidden, *rest), due=due)


def marker(due: datetime | None = None) -> Marker:
    said = due.isoformat() if due else ""
    return Marker(
        tool="1", lab="tp09", lab_digest="", lab_files={}, options={}, language="en", due=said
    )


@pytest.mark.parametrize(
    ("of_lab", "of_class", "told", "shown", "words"),
    [
        (None, None, False, False, "has no due date"),
        (None, None, True, True, "--due-passed: copies show"),
        (PAST, None, False, True, "(2001-01-01 00:00+00:00) has passed"),
        (FUTURE, None, False, False, "(2999-01-01 00:00+00:00) has not passed"),
        (FUTURE, None, True, True, "--due-passed: copies show"),
        # More time than the lab says, and less.
        (PAST, FUTURE, False, False, "(2999-01-01 00:00+00:00) has not passed"),
        (FUTURE, PAST, False, True, "(2001-01-01 00:00+00:00) has passed"),
    ],
)
def test_the_date_of_the_class_comes_before_the_labs(
    of_lab: datetime | None, of_class: datetime | None, told: bool, shown: bool, words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert has_passed(lab(of_lab), marker(of_class), "en", told=told) is shown
    said = capsys.readouterr().err
    assert words in said
    assert "(1)" in said
    assert len(said.splitlines()) == 1


def test_it_is_said_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert not has_passed(lab(FUTURE), marker(), "fr", told=False)
    assert "n’est pas passée\u00a0: " in capsys.readouterr().err


def test_nothing_is_said_where_nothing_waits_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert has_passed(replace(TP, due=PAST), marker(), "en", told=False)
    assert capsys.readouterr().err == ""


def test_a_part_of_a_class_takes_no_time_from_the_others() -> None:
    assert marked(PAST, TP, marker(FUTURE), some_only=False) == PAST.isoformat()
    assert marked(None, TP, marker(FUTURE), some_only=False) == ""
    assert marked(PAST, TP, marker(FUTURE), some_only=True) == FUTURE.isoformat()
    assert marked(None, TP, marker(FUTURE), some_only=True) == FUTURE.isoformat()
    assert marked(PAST, lab(FUTURE), marker(), some_only=True) == FUTURE.isoformat()
    assert marked(FUTURE, lab(PAST), marker(), some_only=True) == FUTURE.isoformat()
    assert marked(PAST, TP, None, some_only=False) == PAST.isoformat()
    assert due_of(TP, marker()) is None


@pytest.mark.parametrize("due", ["soon", "2001-01-01T00:00"])
def test_an_edited_date_is_no_fault_of_ours(due: str) -> None:
    edited = msgspec.structs.replace(marker(), due=due)
    if due == "soon":
        with pytest.raises(CommandError, match="grade once more"):
            has_passed(lab(None), edited, "en", told=False)
    else:
        assert has_passed(lab(None), edited, "en", told=False)
