"""`grade --shard` and `merge`: a class in parts comes to the files of a class at once."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from engine_tools import bwrap
from samples import SUBMISSIONS
from short_lab import short_lab

from grader.batch import output
from grader.batch.kept import KEPT
from grader.cli.app import main


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def handed_in(folder: Path, *names: str) -> Path:
    """A class of archives that do not open: graded, and nothing has to be run for it."""
    folder.mkdir()
    for name in names:
        (folder / f"{name}.zip").write_bytes(b"PK\x03\x04 no zip")
    return folder


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path]:
    """The two parts of a class of three."""
    handed = handed_in(tmp_path / "remises", "anne", "bruno", "chloe")
    made = tmp_path / "one", tmp_path / "two"
    for number, part in enumerate(made, start=1):
        assert run("grade", handed, "--out", part, "--shard", f"{number}/2", "--lang", "en") == 0
    return made


def files_of(out: Path) -> dict[str, str]:
    """What is in an output folder, but for when it was made and what it says of that."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = str(path.relative_to(out))
        if path.name == KEPT:  # which only `grade` writes
            continue
        if path.is_file() and path.suffix in (".json", ".html", ".csv", ".py"):
            text = path.read_text("utf-8", "replace")
            found[name] = re.sub(r'"seconds": ?[\d.]+', "", text)
    return found


@pytest.mark.sandbox
def test_in_parts_or_at_once_is_the_same(tmp_path: Path) -> None:
    bwrap()
    handed = handed_in(tmp_path / "remises", "anne", "bruno")
    for name in ("juste_enonce", "faute_un_seul_recv"):
        shutil.copytree(SUBMISSIONS / name, handed / name)
    made = [tmp_path / f"part{number}" for number in (1, 2, 3)]
    asked = ("grade", handed, "--lab", short_lab(tmp_path))
    for number, part in enumerate(made, start=1):
        assert run(*asked, "--out", part, "--shard", f"{number}/3") == 0
    whole, once = tmp_path / "whole", tmp_path / "once"
    assert run("merge", *reversed(made), "--out", whole) == 0
    # What was played is what parts have; the rest is made from it once more.
    assert run("verify", whole, "--submissions", handed) == 0
    shutil.copytree(whole, once)
    assert run(*asked, "--out", once) == 0
    assert files_of(once) == files_of(whole)
    document = json.loads((whole / "results.json").read_bytes())
    assert [one["id"] for one in document["submissions"]] == [
        "anne", "bruno", "faute_un_seul_recv", "juste_enonce",
    ]  # fmt: skip


def test_a_missing_part_is_named_and_may_be_left_out(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "whole"
    assert run("merge", parts[0], "--out", whole, "--lang", "en") == 2
    assert "parts are missing: 2/2" in capsys.readouterr().err
    assert not whole.exists()
    assert run("merge", parts[0], "--out", whole, "--partial") == 0
    assert run("merge", *parts, "--out", whole) == 0
    assert len(json.loads((whole / "results.json").read_bytes())["submissions"]) == 3


def test_points_given_by_hand_come_along(parts: tuple[Path, Path], tmp_path: Path) -> None:
    given = ("--criterion", "server.listen", "--points", "1", "--why", "shown in class")
    assert run("adjust", parts[0], "anne", *given) == 0
    assert run("merge", *parts, "--out", tmp_path / "whole") == 0
    document = json.loads((tmp_path / "whole" / "results.json").read_bytes())
    assert {one["id"]: one["score"] for one in document["submissions"]} == {
        "anne": 1, "bruno": 0, "chloe": 0,
    }  # fmt: skip


def test_what_was_changed_since_is_not_taken(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (parts[1] / "bruno" / "submission.json").write_text("{}")
    assert run("merge", *parts, "--out", tmp_path / "whole", "--lang", "en") == 2
    assert "submission.json is not as it was written" in capsys.readouterr().err
    assert not (tmp_path / "whole" / "results.json").exists()


def test_the_same_submission_twice_is_refused(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(parts[0], copy)
    assert run("merge", parts[0], copy, "--out", tmp_path / "whole", "--lang", "en") == 2
    assert "are both part 1/2" in capsys.readouterr().err
    marker = json.loads((copy / output.MARKER).read_bytes())
    (copy / output.MARKER).write_text(json.dumps({**marker, "shard": ""}))
    wanted = ("--out", tmp_path / "whole", "--lang", "en")
    assert run("merge", *parts, copy, *wanted) == 2
    assert "anne is in " in capsys.readouterr().err


def test_grades_of_two_ways_stand_in_no_class(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert run("grade", tmp_path / "remises", "--out", other, "--shard", "2/2", "--seed", "s") == 0
    assert run("merge", parts[0], other, "--out", tmp_path / "whole", "--lang", "en") == 2
    assert "were not graded in the same way (options)" in capsys.readouterr().err


def test_one_folder_holds_one_part(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ("grade", tmp_path / "remises", "--out", parts[0], "--lang", "en")
    assert run(*again, "--shard", "2/2") == 2
    assert "holds part 1/2 already" in capsys.readouterr().err
    assert run(*again, "--shard", "1/2") == 0


def test_the_whole_goes_beside_its_parts(
    parts: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("merge", *parts, "--out", parts[0] / "whole", "--lang", "en") == 2
    assert "nothing is written to" in capsys.readouterr().err


def test_what_is_no_part_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("grade", tmp_path, "--shard", "3/2") == 2
    assert "1/2 to 2/2" in capsys.readouterr().err
    assert run("merge", tmp_path, "--out", tmp_path / "whole") == 2


def test_what_was_done_with_the_whole_outlasts_another_merge(
    parts: tuple[Path, Path], tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    assert run("merge", *parts, "--out", whole, "--anonymous") == 0
    given = ("--criterion", "server.listen", "--why", "shown in class", "--points")
    assert run("adjust", whole, "anne", *given, "1") == 0
    assert run("adjust", parts[0], "anne", *given, "0.5") == 0
    page = (whole / "index.html").read_bytes()
    assert run("merge", *parts, "--out", whole) == 0
    document = json.loads((whole / "results.json").read_bytes())
    assert {one["id"]: one["score"] for one in document["submissions"]}["anne"] == 1
    assert (whole / "index.html").read_bytes() == page  # the same pseudonyms, and no name


@pytest.mark.parametrize(
    ("file", "edited", "told"),
    [
        (output.MARKER, {"shard": "9/2"}, "is a part that cannot be"),
        ("anne/submission.json", {"artifacts": {"runs/../../x": ""}}, "submission.json is not as"),
        ("anne/submission.json", {"artifacts": {"runs/gone.jsonl": ""}}, "gone.jsonl is not as"),
        ("results.json", {"submissions": [{"id": "../anne"}]}, "are not Wiregrade's"),
    ],
)
def test_an_edited_part_is_no_fault_of_ours(
    parts: tuple[Path, Path], tmp_path: Path, file: str, edited: dict[str, object], told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = parts[0] / file
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **edited}))
    assert run("merge", *parts, "--out", tmp_path / "whole", "--lang", "en") == 2
    assert told in capsys.readouterr().err


def test_an_edited_list_leads_nowhere(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """Beside the folder lies something that looks like a submission of it."""
    shutil.copytree(parts[0] / "anne", tmp_path / "evil")
    for name in ("submission.json", "result.json"):
        path = tmp_path / "evil" / name
        path.write_text(path.read_text().replace('"anne"', '"../evil"'))
    listed = parts[0] / "results.json"
    listed.write_text(listed.read_text().replace('"anne"', '"../evil"'))
    copies = tmp_path / "deep" / "copies"
    assert run("report", parts[0], "--audience", "student", "--out", copies) == 0
    assert not (tmp_path / "deep" / "evil").exists()
    assert (copies / "anne" / "index.html").is_file()
