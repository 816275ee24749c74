"""`grade --shard` and `merge`: a class in parts comes to the files of a class at once."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import msgspec
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


def in_parts(handed: Path, of: int, place: Path, *options: str) -> list[Path]:
    """The parts of a class, graded."""
    made = [place / f"p{number}" for number in range(1, of + 1)]
    for number, part in enumerate(made, start=1):
        asked = ("grade", handed, "--out", part, "--shard", f"{number}/{of}", "--lang", "en")
        assert run(*asked, *options) == 0
    return made


def edited(folder: Path, **fields: object) -> None:
    """The folder says something else of itself."""
    path = folder / output.MARKER
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **fields}))


def marker_of(folder: Path) -> output.Marker:
    found = output.OutputFolder(folder).marker()
    assert found is not None
    return found


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


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Parts of this class are missing (2): 1/3, 3/3. "),
        ("fr", "Il manque des parties de cette classe (2)\u00a0: 1/3, 3/3. "),
    ],
)
def test_a_whole_that_is_none_says_so(
    tmp_path: Path, language: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    handed = handed_in(tmp_path / "remises", "anne", "bruno", "chloe", "denis")
    made = in_parts(handed, 3, tmp_path)
    whole = tmp_path / "whole"
    assert run("merge", made[1], "--partial", "--out", whole, "--lang", language) == 0
    assert told in capsys.readouterr().err
    marker = marker_of(whole)
    assert (marker.shard, marker.parts) == ("", ("2/3",))
    said = re.compile(
        "Only a part of the class, 2/3: |Une partie de la classe seulement, la 2/3\xa0: "
    )
    # Its page says so, too, and is the one that is made again; as is that of each part.
    for folder in (whole, made[1]):
        assert run("verify", folder) == 0
        assert said.search((folder / "index.html").read_text("utf-8"))
    # It goes on from there: what is missing is brought to what there is.
    more: list[str | Path] = ["merge", whole, made[0], "--out", tmp_path / "more", "--lang", "en"]
    assert run(*more) == 2
    assert "parts are missing: 3/3;" in capsys.readouterr().err
    assert run(*more, "--partial") == 0
    assert marker_of(tmp_path / "more").parts == ("1/3", "2/3")
    assert run("report", tmp_path / "more") == 0
    assert marker_of(tmp_path / "more").parts == ("1/3", "2/3")
    capsys.readouterr()
    once: list[str | Path] = ["merge", tmp_path / "more", made[2], "--out", tmp_path / "all"]
    assert run(*once) == 0
    assert "missing" not in capsys.readouterr().err
    assert "Only" not in (tmp_path / "all" / "index.html").read_text("utf-8")
    marker = marker_of(tmp_path / "all")
    assert (marker.parts, marker.listing) == ((), None)
    assert len(json.loads((tmp_path / "all" / "results.json").read_bytes())["submissions"]) == 4


def test_a_part_that_has_everybody_does_not_say_that_some_are_missing(tmp_path: Path) -> None:
    handed = handed_in(tmp_path / "remises", "anne")
    (only,) = in_parts(handed, 1, tmp_path)
    assert "part of the class" not in (only / "index.html").read_text("utf-8")
    edited(only, listing=None)
    assert marker_of(only).is_of_all
    both = in_parts(handed, 2, tmp_path / "halves")
    pages = [(part / "index.html").read_text("utf-8") for part in both]
    assert sorted("part of the class" in page for page in pages) == [False, True]
    assert all(run("verify", part) == 0 for part in both)


def test_of_many_missing_parts_the_first_are_named(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(parts[0], shard="1/900000")
    assert run("merge", parts[0], "--out", tmp_path / "whole", "--lang", "en") == 2
    said = capsys.readouterr().err
    assert "21/900000, …; name them too" in said
    assert "22/900000" not in said


@pytest.mark.parametrize("partial", [(), ("--partial",)])
def test_parts_of_two_classes_are_refused(
    tmp_path: Path, partial: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody hands in between two parts: all after them in the list move on."""
    handed = handed_in(tmp_path / "remises", "bruno", "chloe")
    one, two = tmp_path / "one", tmp_path / "two"
    assert run("grade", handed, "--out", one, "--shard", "1/2") == 0
    (handed / "anne.zip").write_bytes(b"PK\x03\x04 no zip")
    assert run("grade", handed, "--out", two, "--shard", "2/2") == 0
    asked: list[str | Path] = ["merge", one, two, "--out", tmp_path / "whole", *partial]
    assert run(*asked, "--lang", "en") == 2
    said = capsys.readouterr().err
    assert f"{one} and {two} are parts of different classes (persons: 2 and 3)" in said
    assert "give the command of each part again" in said
    assert run(*asked) == 2
    assert "sont des parties de deux classes différentes" in capsys.readouterr().err
    assert not (tmp_path / "whole").exists()
    # What it says to do mends it.
    assert run("grade", handed, "--out", one, "--shard", "1/2") == 0
    assert run(*asked) == 0
    document = json.loads((tmp_path / "whole" / "results.json").read_bytes())
    assert [entry["id"] for entry in document["submissions"]] == ["anne", "bruno", "chloe"]


def test_some_of_a_part_are_graded_once_more_only_while_the_class_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handed = handed_in(tmp_path / "remises", "bruno", "chloe")
    made = in_parts(handed, 2, tmp_path)
    before = marker_of(made[0])
    asked = ("grade", handed, "--out", made[0], "--shard", "1/2", "--id", "bruno", "--lang", "en")
    assert run(*asked) == 0
    assert marker_of(made[0]) == before
    (handed / "anne.zip").write_bytes(b"PK\x03\x04 no zip")
    assert run(*asked) == 2
    assert "has changed since this part was graded: give the" in capsys.readouterr().err
    assert marker_of(made[0]) == before
    assert run("merge", *made, "--out", tmp_path / "whole") == 0


def test_some_of_a_whole_with_parts_missing_are_graded_once_more(
    parts: tuple[Path, Path], tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    assert run("merge", parts[0], "--partial", "--out", whole, "--lang", "en") == 0
    before = marker_of(whole)
    assert before.parts == ("1/2",)
    assert run("grade", tmp_path / "remises", "--out", whole, "--id", "anne", "--lang", "en") == 0
    assert marker_of(whole) == before
    assert run("grade", tmp_path / "remises", "--out", whole, "--lang", "en") == 0
    assert (marker_of(whole).parts, marker_of(whole).listing) == ((), None)


def test_a_part_that_is_not_graded_to_its_end_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handed = handed_in(tmp_path / "remises", "anne", "bruno", "chloe")
    made = in_parts(handed, 2, tmp_path)
    listed = made[0] / "results.json"
    document = json.loads(listed.read_bytes())
    listed.write_text(json.dumps({**document, "submissions": document["submissions"][:1]}))
    asked: list[str | Path] = ["merge", *made, "--out", tmp_path / "whole", "--lang"]
    assert run(*asked, "en") == 2
    said = capsys.readouterr().err
    assert f"{made[0]} is not the whole of part 1/2 of the class" in said
    assert "(submissions: 1 instead of 2): give the command of that part again" in said
    assert run(*asked, "fr") == 2
    assert "(remises\u00a0: 1 au lieu de 2)\u00a0: relancez" in capsys.readouterr().err
    assert run(*asked, "en", "--partial") == 0
    said = capsys.readouterr().err
    assert f"{made[0]} is not the whole of part 1/2 (submissions: 1 instead of 2)." in said
    assert "are missing" not in said
    assert marker_of(tmp_path / "whole").parts == ("1/2", "2/2")
    listed.unlink()
    assert run(*asked, "fr") == 2
    assert "results.json n’est pas là\u00a0: relancez la commande" in capsys.readouterr().err


def test_a_part_whose_class_has_changed_has_no_results_until_it_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = handed_in(tmp_path / "remises", "anne", "bruno")
    (one,) = in_parts(handed, 1, tmp_path)
    (handed / "chloe.zip").write_bytes(b"PK\x03\x04 no zip")

    def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("grader.cli.grade._Class.grade", killed)
    assert run("grade", handed, "--out", one, "--shard", "1/1") == 3
    listing = marker_of(one).listing
    assert listing is not None
    assert (listing.persons, listing.here) == (3, 3)
    assert not (one / "results.json").exists()


def test_parts_that_do_not_add_up_are_refused(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in parts:
        listing = marker_of(part).listing
        assert listing is not None
        edited(part, listing={**msgspec.to_builtins(listing), "persons": 4})
    asked: list[str | Path] = ["merge", *parts, "--out", tmp_path / "whole", "--lang"]
    assert run(*asked, "en") == 2
    assert "do not add up to the class (submissions: 3 instead of 4)" in capsys.readouterr().err
    assert run(*asked, "fr") == 2
    assert "(remises\u00a0: 3 au lieu de 4)" in capsys.readouterr().err


def test_parts_that_do_not_say_of_which_class_they_are_go_together(
    parts: tuple[Path, Path], tmp_path: Path
) -> None:
    """As those of before."""
    for part in parts:
        marker = json.loads((part / output.MARKER).read_bytes())
        del marker["listing"], marker["parts"]
        (part / output.MARKER).write_text(json.dumps(marker))
    assert run("merge", parts[0], "--partial", "--out", tmp_path / "some") == 0
    assert marker_of(tmp_path / "some").parts == ("1/2",)
    assert run("merge", *parts, "--out", tmp_path / "whole") == 0


def test_a_folder_that_is_given_twice_is_named_once(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--out", tmp_path / "whole", "--lang")
    assert run("merge", parts[0], *parts, *asked, "en") == 2
    assert f"{parts[0]} is given twice: name each part once" in capsys.readouterr().err
    assert run("merge", parts[0], *parts, *asked, "fr") == 2
    assert f"{parts[0]} est donné deux fois\u00a0: " in capsys.readouterr().err
    again = tmp_path / "again"
    again.symlink_to(parts[0])
    assert run("merge", *parts, again, *asked, "en") == 2
    assert f"{parts[0]} and {again} are the same folder" in capsys.readouterr().err


def test_what_cannot_be_a_part_or_the_whole_is_told_in_both_languages(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, file, empty = tmp_path / "gone", tmp_path / "file", tmp_path / "empty"
    file.write_text("")
    empty.mkdir()
    for part, french, english in (
        (gone, "n’existe pas", "there is no such folder"),
        (file, "est un fichier, pas un dossier", "is a file, not a folder"),
        (empty, "ne contient pas de résultats de wiregrade grade", "holds no results of"),
    ):
        for language, told in (("fr", f"{part} {french}"), ("en", english)):
            asked = ("--out", tmp_path / "whole", "--lang", language)
            assert run("merge", *parts, part, *asked) == 2
            assert told in capsys.readouterr().err
    for language, told in (("fr", "n’est pas vide et ne vient pas"), ("en", "is not empty and is")):
        assert run("merge", *parts, "--out", tmp_path / "remises", "--lang", language) == 2
        assert told in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a lock of POSIX")
def test_a_part_that_is_being_graded_is_waited_for(
    parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with output.opened(parts[1]):
        for language, told in (("fr", "attendez qu’il ait fini"), ("en", "wait for it")):
            asked = ("--out", tmp_path / "whole", "--lang", language)
            assert run("merge", *parts, *asked) == 2
            assert told in capsys.readouterr().err


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


@pytest.mark.parametrize("name", ["result.json", "index.html", KEPT])
def test_a_grade_that_was_changed_since_is_named_and_made_again(
    name: str, parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str | Path] = ["merge", *parts, "--out", tmp_path / "whole", "--lang", "en"]
    assert run(*asked) == 0
    assert "changed" not in capsys.readouterr().err
    whole = (tmp_path / "whole" / "bruno" / "index.html").read_bytes()
    changed = parts[1] / "bruno" / name
    changed.write_bytes(changed.read_bytes().replace(b"0", b"1", 1))
    assert run(*asked) == 0
    assert "since they were written, made again: bruno\n" in capsys.readouterr().err
    assert (tmp_path / "whole" / "bruno" / "index.html").read_bytes() == whole


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
    asked: list[str | Path] = ["merge", *parts, "--out", tmp_path / "whole", "--lang", "en"]
    assert run(*asked) == 2
    if path.name == "submission.json":
        assert "submission.json is not as" in capsys.readouterr().err
        (path.parent / KEPT).unlink()  # which tells that it was edited
        assert run(*asked) == 2
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


def test_a_group_that_was_cut_off_says_so_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handed = handed_in(tmp_path / "remises", "anne", "bruno")
    group, other = tmp_path / "group", tmp_path / "other"
    assert run("grade", handed, "--out", group, "--lang", "en") == 0
    assert marker_of(group).left == 0
    assert "was cut off" not in (group / "index.html").read_text("utf-8")
    edited(group, left=1)  # as an interrupt leaves it
    assert run("report", group, "--lang", "en") == 0
    page = (group / "index.html").read_text("utf-8")
    assert "of this page: 1." in page
    assert "every submission was graded in full" not in page
    capsys.readouterr()
    assert run("verify", group) == 0
    assert "to its end (submissions not graded yet: 1)" in capsys.readouterr().err
    copy = tmp_path / "copy"
    assert run("report", group, "--audience", "research", "--out", copy) == 0
    assert "of this page: 1." in (copy / "index.html").read_text("utf-8")
    more = handed_in(tmp_path / "more", "zoe")
    assert run("grade", more, "--out", other, "--lang", "en") == 0
    asked: list[str | Path] = ["merge", group, other, "--out", tmp_path / "whole", "--lang", "en"]
    assert run(*asked) == 2
    assert "group is not graded to its end (submissions: 2 instead of 3)" in (
        capsys.readouterr().err
    )
    assert run(*asked, "--partial") == 0
    assert "group is not graded to its end" in capsys.readouterr().err
    assert marker_of(tmp_path / "whole").left == 1
    assert "of this page: 1." in (tmp_path / "whole" / "index.html").read_text("utf-8")
    assert run("grade", handed, "--out", group, "--lang", "en") == 0
    assert run(*asked) == 0
    assert "cut off" not in (tmp_path / "whole" / "index.html").read_text("utf-8")
