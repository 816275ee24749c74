"""Whatever is changed in an output folder is named; what is as it was written is unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from batch_tools import SETTINGS, FakeEngine, judge, source, submission, waiting

from grader.batch import grading, output, pages
from grader.batch.grading import Grading
from grader.batch.verify import Change, Verified, verified
from grader.submission import Submission

CLASS = (submission("a"), submission("b", server=None), submission("c", text=b"print(1)\n"))


def graded(out: Path, outcome: str = "completed", *, anonymous: bool = False) -> Path:
    with output.opened(out) as folder:
        marker = grading.marker_of(source(), SETTINGS).named(anonymous=anonymous, before=None)
        folder.mark(marker)
        one = Grading(folder, source(), SETTINGS, judge)
        done = list(one.grade(waiting(*CLASS), FakeEngine(outcome=outcome)))
        grades = sorted((each.grade for each in done), key=lambda grade: grade.id)
        settings = replace(SETTINGS, pseudonym_key=marker.page_key)
        pages.write_class(folder, source().lab, settings, grades)
    return out


def looked_at(out: Path, handed_in: list[Submission] | None = None) -> Verified:
    with output.looked_at(out) as folder:
        marker = folder.marker()
        assert marker is not None
        return verified(folder, marker, judge, handed_in)


def changes(out: Path, handed_in: list[Submission] | None = None) -> list[tuple[str, str]]:
    return [(change.where, change.code) for change in looked_at(out, handed_in).changes]


def edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_bytes(msgspec.json.format(json.dumps(document, ensure_ascii=False).encode()) + b"\n")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_anonymous_class_page_is_as_it_was_written(tmp_path: Path) -> None:
    graded(tmp_path, anonymous=True)
    assert changes(tmp_path) == []
    edit(tmp_path / ".wiregrade.json", lambda marker: marker.update(anonymous=False))
    assert changes(tmp_path) == [("index.html", "unlike")]


@pytest.mark.parametrize("outcome", ["completed", "not_run"])
def test_what_was_written_is_unchanged_and_left_alone(tmp_path: Path, outcome: str) -> None:
    before = tree(graded(tmp_path, outcome))
    found = looked_at(tmp_path, list(CLASS))
    assert found.changes == []
    assert (found.submissions, found.judged, found.unlisted) == (3, True, [])
    assert found.files > 10
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a/runs/server-nominal.jsonl", "changed"),
        ("a/runs/server-nominal.pcapng", "changed"),
        ("a/source/01-serveur.py", "changed"),
        ("a/submission.json", "unreadable"),
        ("a/index.html", "unlike"),
        ("a/result.json", "unlike"),
        ("index.html", "unlike"),
        ("grades.csv", "unlike"),
        ("results.json", "unreadable"),
    ],
)
def test_each_file_is_missed_and_its_change_is_seen(tmp_path: Path, name: str, code: str) -> None:
    path = graded(tmp_path) / name
    whole = path.read_bytes()
    path.write_bytes(whole + b"x")
    assert (name, code) in changes(tmp_path)
    path.unlink()
    assert (name, "gone") in changes(tmp_path)
    path.write_bytes(whole)
    assert changes(tmp_path) == []


def test_a_grade_that_was_raised_everywhere_is_seen(tmp_path: Path) -> None:
    graded(tmp_path)
    edit(tmp_path / "a/result.json", lambda document: document.update(score=20))
    edit(
        tmp_path / "results.json",
        lambda document: document["submissions"][0].update(score=20),  # type: ignore[index]
    )
    assert changes(tmp_path) == [("a/result.json", "unlike"), ("results.json", "unlike")]


@pytest.mark.parametrize(
    "change", [{"digest": "00"}, {"name": "other"}, {"fingerprint": "00"}, {"problem": None}]
)
def test_what_was_said_of_a_submission_is_held_by_its_fingerprint(
    tmp_path: Path, change: dict[str, object]
) -> None:
    graded(tmp_path)
    edit(tmp_path / "a/submission.json", lambda document: document.update(change))
    expected = [] if change == {"problem": None} else [("a/submission.json", "foreign")]
    assert [one for one in changes(tmp_path) if one[1] == "foreign"] == expected


def test_a_name_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    graded(tmp_path / "out")
    (tmp_path / "secret").write_text("x")
    edit(
        tmp_path / "out/a/submission.json",
        lambda document: document.update(artifacts={"../../secret": "00"}),
    )
    assert ("a/submission.json", "unreadable") in changes(tmp_path / "out")


def test_another_lab_is_seen(tmp_path: Path) -> None:
    graded(tmp_path)
    whole = (tmp_path / output.MARKER).read_bytes()
    edit(
        tmp_path / output.MARKER,
        lambda document: document["lab_files"].update({"lab.yaml": "lab: x"}),  # type: ignore[attr-defined]
    )
    assert changes(tmp_path) == [(output.MARKER, "lab")]
    (tmp_path / output.MARKER).write_bytes(whole)
    edit(tmp_path / output.MARKER, lambda document: document.update(lab_digest="00"))
    found = changes(tmp_path)
    assert found[0] == (output.MARKER, "lab")
    assert {where for where, code in found if code == "foreign"} == {
        f"{one.id}/submission.json" for one in CLASS
    }


def test_what_was_put_there_is_seen(tmp_path: Path) -> None:
    graded(tmp_path)
    for name in ("a/runs/x.jsonl", "a/source/99-x.py", "a/notes.txt"):
        (tmp_path / name).write_text("x")
    assert changes(tmp_path) == [
        ("a/notes.txt", "added"),
        ("a/runs/x.jsonl", "added"),
        ("a/source/99-x.py", "added"),
    ]


def test_verdicts_of_another_version_are_not_judged_again(tmp_path: Path) -> None:
    graded(tmp_path)
    edit(tmp_path / output.MARKER, lambda document: document.update(tool="0.0.1"))
    (tmp_path / "a/index.html").write_text("older pages look different")
    found = looked_at(tmp_path)
    assert not found.judged
    # The folder says another version than its submissions were graded with.
    assert {change.code for change in found.changes} == {"foreign"}


def test_who_is_not_in_the_class_is_told_apart(tmp_path: Path) -> None:
    graded(tmp_path)
    edit(tmp_path / "results.json", lambda document: document["submissions"].pop())  # type: ignore[attr-defined]
    found = looked_at(tmp_path)
    assert found.unlisted == ["c"]
    assert Change("grades.csv", "unlike") in found.changes


def test_what_was_handed_in_since_is_named(tmp_path: Path) -> None:
    graded(tmp_path)
    since = [CLASS[0], replace(CLASS[2], digest="other"), submission("d")]
    assert changes(tmp_path, since) == [("b", "withdrawn"), ("c", "resubmitted"), ("d", "new")]


def test_a_folder_that_is_being_written_is_not_looked_at(tmp_path: Path) -> None:
    graded(tmp_path)
    with (
        output.opened(tmp_path),
        pytest.raises(output.InUseError),
        output.looked_at(tmp_path),
    ):
        pass
    with output.looked_at(tmp_path), output.looked_at(tmp_path):
        pass
    (tmp_path / output.LOCK).unlink()
    assert changes(tmp_path) == []
