"""The recorded transcripts are still what the engine produces: a handful is played again."""

from __future__ import annotations

import random

import pytest
from record_transcripts import play
from recorded import Recorded, all_recorded

from grader.transcript import Transcript

HANDFUL = random.Random(65432).sample(
    [case for case in all_recorded() if case.id != "sleeps-too-long"], 8
)

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def fresh() -> dict[str, list[Transcript]]:
    """Fresh runs of the handful, by program."""
    return play(HANDFUL)


@pytest.mark.parametrize("case", HANDFUL, ids=lambda case: case.name)
def test_a_fresh_run_is_diagnosed_as_the_saved_one(
    case: Recorded, fresh: dict[str, list[Transcript]]
) -> None:
    saved = case.diagnoses(case.transcripts())
    again = case.diagnoses(fresh[case.name])
    assert [(d.id, d.level) for d in again] == [(d.id, d.level) for d in saved]
    if case.line is not None:  # a busy loop may be met at any of its lines
        assert [d.line for d in again if d.id == case.id] == [case.line]
