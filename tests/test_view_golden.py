"""What pages say, compared with what they said: `pytest --update-golden` writes it anew."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction

import pytest
from golden import FOLDER, difference, scrubbed, text_of
from page_kinds import kinds

from grader.judge.model import Status
from grader.view.bytes_view import Run

FRENCH = (
    "student-right", "student-crashed", "student-limit", "student-no-client", "student-own-pair",
    "student-traced", "class", "matrix",
)  # fmt: skip
ENGLISH = ("student-stuck", "student-broken-archive", "student-not-run", "class-few")
FILES = {f"{name}.{language}.json": (name, language)
         for language, names in (("fr", FRENCH), ("en", ENGLISH)) for name in names}  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_pages_say_what_they_said(file: str, request: pytest.FixtureRequest) -> None:
    kind, language = FILES[file]
    make = kinds()[kind].view
    assert make is not None
    view = make(language)
    if request.config.getoption("--update-golden"):
        (FOLDER / file).write_text(text_of(view), "utf-8")
    found = difference(file, view)
    if found:
        pytest.fail(
            f"{kind} ({language}) says something else than it did. If that is meant: "
            f"pytest --update-golden {__file__}\n{found}", pytrace=False,
        )  # fmt: skip


def test_no_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_files_are_json(file: str) -> None:
    assert json.loads((FOLDER / file).read_text("utf-8"))


@dataclass(frozen=True)
class Sample:
    title: tuple[Run, ...]
    status: Status
    points: Fraction
    share: float
    data: bytes
    good: bool = False
    nothing: tuple[str, ...] = ()


def test_data_become_lines_that_read_well() -> None:
    title = (Run("a"), Run("\\n", escape=True), Run("recv()", code=True))
    sample = Sample(title, Status.FAIL, Fraction(1, 2), 1 / 3, b"\xc3\xa9\xff")
    assert text_of([sample, {"x": "y" * 119}]).splitlines() == [
        "[",
        '  {"title": "a⟨\\\\n⟩`recv()`", "status": "fail", "points": "1/2", "share": 0.333, '
        '"data": "é\\\\xff", "good": false},',
        "  {",
        f'    "x": "{"y" * 119}"',
        "  }",
        "]",
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("15\u202f017\u00a0ms, 3 s", "#\u00a0ms, 3 s"),
        ("1.5\u00a0s et 12\u00a0secondes", "#\u00a0s et 12\u00a0secondes"),
        ("127.0.0.1:40112 127.0.0.1:65432", "127.0.0.1:# 127.0.0.1:65432"),
        ("--seed " + "0f" * 16, "--seed #"),
        ("Python 3.11.2", "Python #"),
    ],
)
def test_what_another_recording_says_otherwise_is_left_out(text: str, left: str) -> None:
    assert scrubbed(text) == left


def test_a_change_is_told_line_by_line() -> None:
    told = difference("student-right.fr.json", {"score": "0"})
    assert told.startswith("--- tests/golden/student-right.fr.json\n+++ now\n")
    assert '+{"score": "0"}' in told
