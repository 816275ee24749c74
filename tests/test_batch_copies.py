"""Identical submissions: graded once, written for each, as if each had been graded alone."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from batch_tools import SETTINGS, FakeEngine, source, waiting
from batch_tools import submission as one_of
from hard_names import NAMES

from grader.batch import grading, output, saved
from grader.batch.grading import Done, Grading
from grader.batch.judging import judge_run
from grader.batch.verify import verified
from grader.judge.model import Programs
from grader.submission import Late, Origin, Submission


def alike(identifier: str, name: str = "", origin: Origin | None = None) -> Submission:
    both = Programs(server="serveur.py", client="serveur.py")
    made = replace(one_of("same"), programs=both)
    return replace(made, id=identifier, name=name or identifier, origin=origin)


def other(identifier: str) -> Submission:
    return replace(alike(identifier), digest="other")


def grade(
    out: Path,
    submissions: Sequence[Submission],
    engine: FakeEngine | None = None,
    *,
    sharing: bool = True,
    fresh: bool = False,
) -> tuple[list[Done], list[str]]:
    engine = engine or FakeEngine()
    with output.opened(out) as folder:
        folder.mark(grading.marker_of(source(), SETTINGS))
        one = Grading(folder, source(), SETTINGS, judge_run, sharing=sharing, fresh=fresh)
        done = list(one.grade(waiting(*submissions), engine))
    return done, list(dict.fromkeys(engine.played))


def files(out: Path) -> dict[str, bytes]:
    inside = (path for path in out.glob("*/**/*") if path.is_file() and path.name != "kept.json")
    return {str(path.relative_to(out)): path.read_bytes() for path in inside}


HERE = Origin(layout="plain")
LATE = Origin(
    layout="moodle", late=Late(due="2026-10-01T12:00+00:00", seconds=5, rule="1", penalty="1")
)


def test_what_is_alike_is_played_once_and_written_as_if_graded_alone(tmp_path: Path) -> None:
    names = ("plain", "<b>&amp;'\"</b>", "a\x1b[1m\u202eb\n", "", *NAMES[-6:])
    origins = [None, Origin(layout="moodle", ids={"number": "<7>"}, team="a&b"), LATE]
    everybody = [alike(f"s{n}", name, origins[n % 3]) for n, name in enumerate(names)]
    everybody.append(other("other"))
    together, played = grade(tmp_path / "together", everybody)
    alone, each = grade(tmp_path / "alone", everybody, sharing=False)
    assert played == ["s0", "other"]
    assert each == [one.id for one in everybody]
    assert {d.grade.id: d.grade for d in together} == {d.grade.id: d.grade for d in alone}
    made, expected = files(tmp_path / "together"), files(tmp_path / "alone")
    assert made.keys() == expected.keys()
    assert {n for n in made if made[n] != expected[n]} == set()
    with output.looked_at(tmp_path / "together") as folder:
        marker = folder.marker()
        assert marker is not None
        changes = verified(folder, marker, judge_run, None).changes
    # The class's own files were not written here.
    assert {c.where for c in changes} == {"results.json", "grades.csv", "index.html"}


def test_a_newcomer_gets_what_somebody_has_had_before(tmp_path: Path) -> None:
    grade(tmp_path, [alike("a")])
    done, played = grade(tmp_path, [alike("a"), alike("b")])
    assert played == []
    assert [one.taken_over for one in done] == [True, False]


@pytest.mark.parametrize("place", [0, -1])
def test_a_copys_page_is_summed_from_end_to_end(tmp_path: Path, place: int) -> None:
    everybody = [alike("a", origin=HERE), alike("b", origin=HERE)]
    grade(tmp_path, everybody)
    before = files(tmp_path)
    page = bytearray(before["b/index.html"])
    page[place] ^= 1
    (tmp_path / "b/index.html").write_bytes(page)
    done, played = grade(tmp_path, everybody)
    assert (played, [one.taken_over for one in done]) == ([], [True, False])
    assert files(tmp_path) == before


def test_a_copy_that_became_another_result_is_nobodys_source(tmp_path: Path) -> None:
    grade(tmp_path, [alike("b", origin=HERE), other("m")])
    now = [alike("a"), other("b"), alike("c"), other("m")]
    grade(tmp_path, now)
    alone, _ = grade(tmp_path / "alone", now, sharing=False)
    assert [one.grade.id for one in alone] == ["a", "b", "c", "m"]
    made = files(tmp_path / "alone")
    assert all(files(tmp_path)[name] == made[name] for name in made if name[1:2] == "/")


def test_no_more_is_read_than_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "_MOST_COPIES", 2)
    grade(tmp_path, [alike("first", origin=HERE)])
    behind: list[int] = []

    def entry(number: int) -> grading.Waiting:
        def read() -> Submission:
            there = sum((tmp_path / f"s{n}" / "result.json").exists() for n in range(number))
            behind.append(number - there)
            return alike(f"s{number}", origin=HERE)

        return grading.Waiting(f"s{number}", f"s{number}", read)

    with output.opened(tmp_path) as folder:
        one = Grading(folder, source(), SETTINGS, judge_run)
        assert len(list(one.grade(map(entry, range(20)), FakeEngine()))) == 20
    assert max(behind) <= 2


def test_when_a_file_has_all_the_links_it_can_have_others_link_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def bounded(first: str, second: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        if os.stat(first, dir_fd=src_dir_fd).st_nlink >= 2:
            raise OSError(errno.EMLINK, "Too many links")
        link(first, second, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr("os.link", bounded)
    grade(tmp_path, [alike(name, origin=HERE) for name in "abcd"])
    numbers = [(tmp_path / name / "runs/server-nominal.jsonl").stat().st_ino for name in "abcd"]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_half_a_copy_goes_with_the_next_start(tmp_path: Path) -> None:
    grade(tmp_path, [alike("a")])
    half = tmp_path / ".b.1.wiregrade-part/runs"
    half.mkdir(parents=True)
    (half / "server-nominal.jsonl").write_bytes(b"")
    (tmp_path / output.CLEAN).unlink()  # as whoever is killed leaves it
    grade(tmp_path, [alike("a")])
    assert not half.parent.exists()


def test_nothing_is_taken_from_what_was_changed(tmp_path: Path) -> None:
    grade(tmp_path, [alike("a")])
    (tmp_path / "a/runs/server-nominal.pcapng").write_bytes(b"other")
    _, played = grade(tmp_path, [alike("b")])
    assert played == ["b"]


def test_nothing_is_taken_from_who_claims_other_things_than_before(tmp_path: Path) -> None:
    grade(tmp_path, [alike("a")])
    path = tmp_path / "a/submission.json"
    found = saved.load(output.OutputFolder(tmp_path), "a")
    assert found is not None
    path.write_bytes(saved.encoded(msgspec.structs.replace(found, seed="0" * 32)))
    _, played = grade(tmp_path, [alike("b")])
    assert played == ["b"]


def test_what_lay_there_is_no_source_of_itself(tmp_path: Path) -> None:
    grade(tmp_path, [alike("a")])
    (tmp_path / "a/result.json").unlink()
    _, played = grade(tmp_path, [alike("a")])
    assert played == ["a"]


def test_a_result_that_becomes_another_one_is_nobodys_source(tmp_path: Path) -> None:
    grade(tmp_path, [alike("a")])
    _, played = grade(tmp_path, [other("a"), alike("b"), alike("c")])
    # b, or b and c, may come before a has been written over: who comes after is played.
    assert played in (["a", "b"], ["a", "c"], ["a"])
    assert files(tmp_path)["b/source/01-serveur.py"] == b"pass\n"


def test_after_a_fault_each_is_played_for_itself(tmp_path: Path) -> None:
    failing = FakeEngine(outcome="not_run")
    done, played = grade(tmp_path, [alike("a"), alike("b"), alike("c")], failing)
    assert played == ["a", "b", "c"]
    assert not any(one.grade.complete for one in done)


def test_without_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **_places: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refused)
    grade(tmp_path, [alike("a"), alike("b")])
    first = tmp_path / "a/runs/server-nominal.jsonl"
    second = tmp_path / "b/runs/server-nominal.jsonl"
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_ino != second.stat().st_ino


def test_regrading_one_leaves_the_files_of_the_other(tmp_path: Path) -> None:
    grade(tmp_path, [alike("a"), alike("b")])
    before = files(tmp_path)
    grade(tmp_path, [other("a"), alike("b")])
    after = files(tmp_path)
    mine = {name for name in before if name.startswith("b/")}
    assert mine
    assert all(before[name] == after[name] for name in mine)


def test_teachers_points_are_ones_own(tmp_path: Path) -> None:
    def judge(lab, submission: Submission, seed, transcripts):  # type: ignore[no-untyped-def]
        made = judge_run(lab, submission, seed, transcripts)
        return replace(made, score=made.score + 1) if submission.id == "b" else made

    with output.opened(tmp_path) as folder:
        folder.mark(grading.marker_of(source(), SETTINGS))
        one = Grading(folder, source(), SETTINGS, judge, given={"b": "one more"})
        entries = waiting(alike("a"), alike("b"), alike("c"))
        done = {d.grade.id: d.grade.score for d in one.grade(entries, FakeEngine())}
    assert done["b"] == done["a"] + 1 == done["c"] + 1
