"""adjustments.json: read back as it was written, and nothing else is taken for it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from grader.batch import adjustments
from grader.batch.adjustments import AdjustmentsError
from grader.batch.output import OutputFolder
from grader.intake.names import is_reserved
from grader.judge.model import Adjustment

ONE = Adjustment(points=Fraction(5, 4), why="« vu » \x1b[1m en TP", date="2026-11-28")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    assert adjustments.load(folder) == {}
    kept = {"zoé": {"server.print2": ONE}, "abel": {"client.exit": ONE}, "nobody": {}}
    adjustments.save(folder, kept)
    assert adjustments.load(folder) == {name: own for name, own in kept.items() if own}
    assert '"1.25"' in (tmp_path / adjustments.FILE).read_text()


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "\xff", '{"schema_version": 2, "submissions": {}}',
        '{"schema_version": 1, "submissions": {"a": {"c": {"points": "1"}}}}',
        '{"schema_version": 1, "submissions": {"a": {"c": '
        '{"points": "1/0", "why": "w", "date": "d"}}}}',
        '{"schema_version": 1, "submissions": {"a": {"c": '
        '{"points": "-1", "why": "w", "date": "d"}}}}',
        '{"schema_version": 1, "submissions": {"a": {"c": '
        '{"points": "1", "why": " ", "date": "d"}}}}',
    ],
)  # fmt: skip
def test_what_is_none_of_ours_is_no_grading_without_it(text: str, tmp_path: Path) -> None:
    (tmp_path / adjustments.FILE).write_text(text, "latin-1")
    with pytest.raises(AdjustmentsError, match="mend it"):
        adjustments.load(OutputFolder(tmp_path))


def test_no_submission_can_be_called_so() -> None:
    assert is_reserved(adjustments.FILE)
