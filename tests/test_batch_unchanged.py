"""The class's files are written where they would be others, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from batch_tools import SETTINGS
from class_samples import made_class
from report_samples import lab

from grader.batch import pages, unchanged
from grader.batch.index import Index, opened
from grader.batch.output import OutputFolder
from grader.judge.model import Grade

FILES = ("grades.csv", "index.html", "results.json")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with opened(tmp_path, "") as made:
        yield made


@pytest.fixture
def grades() -> list[Grade]:
    return [one for one in made_class(20) if one.complete]


def write(index: Index, folder: OutputFolder, grades: list[Grade]) -> str:
    made = unchanged.made_from(SETTINGS, grades)
    if not unchanged.is_written(index, folder, made):
        unchanged.written(index, folder, made, pages.write_class(folder, lab(), SETTINGS, grades))
    return made


def numbers(tmp_path: Path) -> list[int]:
    return [(tmp_path / name).stat().st_ino for name in FILES]


def test_they_are_written_once(tmp_path: Path, index: Index, grades: list[Grade]) -> None:
    folder = OutputFolder(tmp_path)
    made = write(index, folder, grades)
    before = numbers(tmp_path)
    for _ in range(3):  # by their sums, and when they are old enough by their stamps
        write(index, folder, grades)
        while index.now() <= (tmp_path / "index.html").stat().st_ctime_ns:
            pass
    assert numbers(tmp_path) == before
    assert unchanged.is_written(index, folder, made)


@pytest.mark.parametrize("name", FILES)
def test_one_that_was_changed_is_written_again(
    tmp_path: Path, index: Index, grades: list[Grade], name: str
) -> None:
    folder = OutputFolder(tmp_path)
    made = write(index, folder, grades)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:-1] + b"?")
    assert not unchanged.is_written(index, folder, made)
    write(index, folder, grades)
    assert (tmp_path / name).read_bytes() == whole
    (tmp_path / name).unlink()
    assert not unchanged.is_written(index, folder, made)


def test_whatever_they_show_makes_them_others(grades: list[Grade]) -> None:
    first, *rest = grades
    others = [
        rest, [*rest, first], [replace(first, name="other"), *rest],
        [replace(first, score=first.score + 1), *rest], [replace(first, seed="other"), *rest],
        [replace(first, remarks=(*first.remarks, *first.remarks)), *rest],
    ]  # fmt: skip
    made = {unchanged.made_from(SETTINGS, some) for some in (grades, *others)}
    english = replace(SETTINGS, language="en" if SETTINGS.language != "en" else "fr")
    made |= {unchanged.made_from(english, grades)}
    made |= {unchanged.made_from(replace(SETTINGS, pseudonym_key="k"), grades)}
    assert len(made) >= len(others) + 2


def test_what_is_not_all_kept_is_always_written(
    tmp_path: Path, index: Index, grades: list[Grade]
) -> None:
    made = unchanged.made_from(SETTINGS, [replace(grades[0], complete=False)])
    assert made == ""
    unchanged.written(index, OutputFolder(tmp_path), made, {})
    assert not unchanged.is_written(index, OutputFolder(tmp_path), made)
