"""What an earlier run left is used where it is whole and of the very same, and only there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from batch_tools import SETTINGS, run_of, source, submission, waiting

from grader.batch import grading, kept, output, saved
from grader.batch.grading import Done, Grading, Settings, rejudge
from grader.batch.judging import judge_run
from grader.batch.plan import LabSource
from grader.judge.model import Grade, Programs
from grader.lab.load import load_lab_bytes
from grader.run.engine import Engine
from grader.run.jobs import EngineOptions, Job, Played
from grader.run.pieces import Piece, cut, done
from grader.submission import Submission

ONE = replace(submission("a"), programs=Programs(server="serveur.py", client="serveur.py"))


class Pieces:
    """An engine that cuts jobs as the real one does; `played` are the scenarios that it played."""

    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for job in jobs:
            pieces = cut(job)
            while pieces:
                piece = pieces.pop()
                more, played = done(piece, self._runs(piece))
                pieces += more
                if played is not None:
                    yield played

    def _runs(self, piece: Piece):  # type: ignore[no-untyped-def]
        if piece.known:
            return piece.known
        (scenario,) = piece.job.scenarios
        if piece.skip:
            return [run_of(piece.job, scenario.id, "skipped")]
        self.played.append(scenario.id)
        return [run_of(piece.job, scenario.id)]


def changed(name: str, old: bytes, new: bytes) -> LabSource:
    """tp09 with one of its files edited."""
    files = {**source().files}
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    return LabSource(lab=load_lab_bytes(files), files=files)


def grade(
    out: Path,
    lab: LabSource | None = None,
    *,
    sharing: bool = True,
    one: Submission = ONE,
    settings: Settings = SETTINGS,
) -> tuple[Done, list[str], Grading]:
    lab, engine = lab or source(), Pieces()
    with output.opened(out) as folder:
        folder.mark(grading.marker_of(lab, settings))
        work = Grading(folder, lab, settings, judge_run, sharing=sharing)
        (made,) = work.grade(waiting(one), engine)
    return made, engine.played, work


EDITED = changed("server-drawn.yaml", b"scenario:", b"# another\nscenario:")


def tree(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.glob("a/**/*") if p.is_file()}


def longer(lab: LabSource) -> LabSource:
    """One scenario is another one: it has a step more."""
    others = tuple(
        replace(s, steps=s.steps[:-1]) if s.id == "server-drawn" else s for s in lab.lab.scenarios
    )
    return LabSource(lab=replace(lab.lab, scenarios=others), files=EDITED.files)


def test_a_changed_scenario_is_the_only_one_played_and_the_result_is_the_whole_ones(
    tmp_path: Path,
) -> None:
    _, first, _ = grade(tmp_path / "one")
    assert len(first) > 3
    again, played, _ = grade(tmp_path / "one", longer(source()))
    whole, everything, _ = grade(tmp_path / "two", longer(source()))
    assert played == ["server-drawn"]
    assert set(everything) > {"server-drawn"}
    assert again.grade == whole.grade
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_other_points_play_nothing(tmp_path: Path) -> None:
    grade(tmp_path)
    lab = source().lab
    less = LabSource(lab=replace(lab, criteria=lab.criteria[:3]), files=EDITED.files)
    made, played, _ = grade(tmp_path, less)
    assert played == []
    assert len(made.grade.criteria) == 3


@pytest.mark.parametrize("end", ["jsonl", "pcapng"])
def test_a_run_that_was_changed_is_played_again(tmp_path: Path, end: str) -> None:
    grade(tmp_path)
    path = tmp_path / f"a/runs/server-nominal.{end}"
    path.write_bytes(path.read_bytes().replace(b"completed", b"crashed") + b"\n")
    _, played, work = grade(tmp_path)
    assert played == ["server-nominal"]
    assert work.distrusted == ["a"]


def test_without_a_cache_all_is_played(tmp_path: Path) -> None:
    _, first, _ = grade(tmp_path)
    _, played, _ = grade(tmp_path, longer(source()), sharing=False)
    assert played == first


def test_what_is_kept_is_taken_over_without_judging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, _ = grade(tmp_path)

    def judged(*_: object) -> Grade:
        raise AssertionError("judged again")

    monkeypatch.setattr("grader.batch.earlier.judged_again", judged)
    again, played, _ = grade(tmp_path)
    assert (again.taken_over, again.grade, played) == (True, first.grade, [])


@pytest.mark.parametrize("name", ["index.html", "result.json", kept.KEPT])
def test_what_does_not_match_its_sum_is_judged_and_written_again(tmp_path: Path, name: str) -> None:
    grade(tmp_path)
    before = tree(tmp_path)
    path = tmp_path / "a" / name
    path.write_bytes(path.read_bytes().replace(b"server", b"client"))
    made, played, work = grade(tmp_path)
    assert (made.taken_over, played, work.distrusted) == (False, [], ["a"])
    assert tree(tmp_path) == before
    again, _, work = grade(tmp_path)
    assert (again.taken_over, work.distrusted) == (True, [])


def test_a_changed_page_is_told_without_a_cache_too(tmp_path: Path) -> None:
    grade(tmp_path)
    (tmp_path / "a/index.html").write_bytes(b"20 / 20")
    _, _, work = grade(tmp_path, sharing=False)
    assert work.distrusted == ["a"]


def test_nothing_that_a_changed_list_of_files_speaks_for_is_believed(tmp_path: Path) -> None:
    _, first, _ = grade(tmp_path)
    before = tree(tmp_path)
    path = tmp_path / "a/submission.json"
    forged = saved.load(output.OutputFolder(tmp_path), "a")
    assert forged is not None
    path.write_bytes(saved.encoded(msgspec.structs.replace(forged, seed="0" * 32)))
    made, played, work = grade(tmp_path)
    assert (made.taken_over, played, work.distrusted) == (False, first, ["a"])
    assert tree(tmp_path) == before


def test_nor_is_it_after_a_change_of_the_lab(tmp_path: Path) -> None:
    """A run that was altered with its sum would come through as one that still holds."""
    grade(tmp_path)
    run = tmp_path / "a/runs/server-nominal.jsonl"
    run.write_bytes(run.read_bytes() + b"\n")
    found = saved.load(output.OutputFolder(tmp_path), "a")
    assert found is not None
    sums = {**found.artifacts, "runs/server-nominal.jsonl": sha256(run.read_bytes()).hexdigest()}
    forged = msgspec.structs.replace(found, artifacts=sums)
    (tmp_path / "a/submission.json").write_bytes(saved.encoded(forged))
    _, played, work = grade(tmp_path, longer(source()))
    assert "server-nominal" in played
    assert work.distrusted == ["a"]


def test_until_all_is_there_nothing_says_that_all_is(tmp_path: Path) -> None:
    """Killed in the middle, a part of a class must not pass for a whole one."""
    grade(tmp_path)
    listed = tmp_path / "results.json"
    listed.write_bytes(b"{}")
    with output.opened(tmp_path) as folder:
        some = Grading(folder, source(), SETTINGS, judge_run, some_only=True)
        list(some.grade(waiting(ONE), Pieces()))
        assert listed.exists()
        work = Grading(folder, source(), SETTINGS, judge_run, fresh=True)
        list(work.grade(waiting(ONE), Pieces()))
    assert not listed.exists()


ENGLISH = replace(SETTINGS, language="en")


def test_another_language_changes_no_file_behind_our_back(tmp_path: Path) -> None:
    grade(tmp_path)
    before = tree(tmp_path)
    made, played, work = grade(tmp_path, settings=ENGLISH)
    assert (made.taken_over, played, work.distrusted) == (True, [], [])
    with output.opened(tmp_path) as folder:  # `wiregrade report --lang fr`
        found = saved.load(folder, "a")
        assert found is not None
        rejudge(folder, source(), SETTINGS, judge_run, found)
    assert tree(tmp_path) == before
    made, played, work = grade(tmp_path, settings=ENGLISH)
    assert (made.taken_over, played, work.distrusted) == (True, [], [])
    assert grade(tmp_path)[2].distrusted == []
    assert tree(tmp_path) == before


@pytest.mark.parametrize("where", ["between", "after"])
def test_pages_that_were_cut_off_in_another_language_are_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    grade(tmp_path)

    def cut_off(folder: output.OutputFolder, identifier: str, files: dict[str, bytes]) -> None:
        names = ["index.html"] if where == "between" else [*files]
        for name in names:
            folder.write(f"{identifier}/{name}", files[name])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("grader.batch.pages.write", cut_off)
        with pytest.raises(KeyboardInterrupt):
            grade(tmp_path, settings=ENGLISH)
    made, _, work = grade(tmp_path)
    assert (made.taken_over, work.distrusted) == (True, [])


@pytest.mark.parametrize("other", ["version", "options"])
def test_another_version_or_option_is_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    _, first, _ = grade(tmp_path)
    settings = SETTINGS
    if other == "version":
        monkeypatch.setattr(grading, "__version__", "0.0")
    else:
        settings = replace(SETTINGS, python="3.12.1")
    _, played, work = grade(tmp_path, settings=settings)
    assert (played, work.distrusted) == (first, [])


def test_a_job_of_known_runs_starts_no_worker(tmp_path: Path) -> None:
    from grader.batch.plan import jobs_of

    job = jobs_of(source().lab, ONE, "seed")[0]
    known = {s.id: [run_of(job, s.id)] for s in job.scenarios}
    nowhere = EngineOptions(isolation="full", python="/nowhere", bwrap=None)
    with Engine(nowhere) as engine:
        (played,) = engine.play([replace(job, known=known)])
    assert {run.header.scenario for run in played.runs} == known.keys()
