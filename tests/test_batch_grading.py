"""Grading a class around a fake engine: what is played, taken over, written, blamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import transcripts
from batch_tools import SETTINGS, FakeEngine, judge, source, submission, waiting

from grader import results
from grader.batch import grading, output, pages, saved
from grader.batch.faults import is_internal
from grader.batch.grading import Done, Grading, Settings, Waiting
from grader.batch.judging import Judge, judge_run
from grader.batch.kept import KEPT
from grader.judge.model import Grade, Problem
from grader.lab.model import Lab, Text
from grader.run.jobs import Job, Played, PlayedRun
from grader.runids import run_id
from grader.submission import Submission
from grader.transcript import Recorded


def grade(
    out: Path,
    *submissions: Submission,
    engine: FakeEngine | None = None,
    settings: Settings = SETTINGS,
    fresh: bool = False,
    entries: list[Waiting] | None = None,
    judge_with: Judge = judge,
) -> tuple[list[Done], FakeEngine]:
    engine = engine or FakeEngine()
    with output.opened(out) as folder:
        folder.mark(grading.marker_of(source(), settings))
        one = Grading(folder, source(), settings, judge_with, fresh=fresh)
        done = list(one.grade(entries or waiting(*submissions), engine))
    return done, engine


def test_everybody_is_graded_and_written(tmp_path: Path) -> None:
    done, engine = grade(tmp_path, submission("a"), submission("b"))
    assert engine.played == ["a", "b"]
    assert [one.grade.id for one in done] == ["a", "b"]
    for name in ("a", "b"):
        for file in ("index.html", "result.json", "submission.json", "runs/server-nominal.jsonl"):
            assert (tmp_path / name / file).is_file(), file
        assert (tmp_path / name / "runs/server-nominal.pcapng").read_bytes() == b"wire"
        assert (tmp_path / name / "source/01-serveur.py").read_bytes() == b"pass\n"


def test_what_has_not_changed_is_not_played_again(tmp_path: Path) -> None:
    first, _ = grade(tmp_path, submission("a"), submission("b"))
    again, engine = grade(tmp_path, submission("a"), submission("b", text=b"changed\n"))
    assert engine.played == ["b"]
    assert {one.grade.id: one.taken_over for one in again} == {"a": True, "b": False}
    assert again[0].grade == first[0].grade


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, seed="other"),
        replace(SETTINGS, isolation="none"),
        replace(SETTINGS, facts="paced"),
        replace(SETTINGS, python="3.12.0"),
        replace(SETTINGS, certify=2),
        replace(SETTINGS, sweep=True),
    ],
)
def test_other_options_are_another_result(tmp_path: Path, other: Settings) -> None:
    grade(tmp_path, submission("a"))
    _, engine = grade(tmp_path, submission("a"), settings=other)
    assert engine.played == ["a"]


TRACED = replace(SETTINGS, strace="/usr/bin/strace")


def test_traced_runs_are_kept_and_shown_and_judge_nothing(tmp_path: Path) -> None:
    plain, _ = grade(tmp_path / "plain", submission("a"))
    traced, _ = grade(tmp_path / "traced", submission("a"), settings=TRACED)
    assert traced[0].grade == plain[0].grade
    folder = tmp_path / "traced" / "a"
    assert (folder / "runs/server-nominal~trace.jsonl").is_file()
    assert not (tmp_path / "plain/a/runs/server-nominal~trace.jsonl").exists()
    assert (folder / "result.json").read_bytes() == (tmp_path / "plain/a/result.json").read_bytes()
    assert 'id="calls"' in (folder / "index.html").read_text()
    # Judged again from what is saved, they are shown again.
    (folder / "index.html").unlink()
    with output.opened(tmp_path / "traced") as out:
        found = saved.load(out, "a")
        assert found is not None
        grading.rejudge(out, source(), SETTINGS, judge, found)
    assert 'id="calls"' in (folder / "index.html").read_text()


def test_what_was_graded_without_calls_is_played_for_them_once(tmp_path: Path) -> None:
    grade(tmp_path, submission("a"))
    _, engine = grade(tmp_path, submission("a"), settings=TRACED)
    assert engine.played == ["a"]
    for settings in (TRACED, SETTINGS):
        _, engine = grade(tmp_path, submission("a"), settings=settings)
        assert engine.played == []


def test_why_there_are_no_calls_is_told_and_costs_nothing(tmp_path: Path) -> None:
    engine = FakeEngine()
    engine.traced = "not_run"
    (done,), _ = grade(tmp_path, submission("a"), settings=TRACED, engine=engine)
    assert done.untraced == "the machine refuses it"
    assert done.grade.complete
    assert "the machine refuses it" in (tmp_path / "a/index.html").read_text()


def test_a_trace_that_cannot_be_shown_costs_no_grade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("not this one")

    monkeypatch.setattr("grader.view.student_page.call_section", broken)
    plain, _ = grade(tmp_path / "plain", submission("a"))
    (done,), _ = grade(tmp_path / "traced", submission("a"), settings=TRACED)
    assert done.grade == plain[0].grade
    assert "not this one" in done.fault


def test_another_language_is_the_same_result_on_another_page(tmp_path: Path) -> None:
    grade(tmp_path, submission("a"))
    _, engine = grade(tmp_path, submission("a"), settings=replace(SETTINGS, language="en"))
    assert engine.played == []
    assert '<html lang="en"' in (tmp_path / "a" / "index.html").read_text()


def test_fresh_takes_nothing_over(tmp_path: Path) -> None:
    grade(tmp_path, submission("a"))
    _, engine = grade(tmp_path, submission("a"), fresh=True)
    assert engine.played == ["a"]


def test_a_result_that_is_not_whole_is_played_again(tmp_path: Path) -> None:
    for file in ("result.json", "submission.json", "runs/server-nominal.jsonl"):
        grade(tmp_path, submission("a"))
        (tmp_path / "a" / file).unlink()
        _, engine = grade(tmp_path, submission("a"))
        assert engine.played == ["a"], file


def test_what_the_machine_failed_is_played_again(tmp_path: Path) -> None:
    done, _ = grade(tmp_path, submission("a"), engine=FakeEngine(outcome="not_run"))
    assert not done[0].grade.complete
    done, engine = grade(tmp_path, submission("a"))
    assert engine.played == ["a"]
    assert done[0].grade.complete


def test_nothing_to_play_still_has_a_row_and_a_page(tmp_path: Path) -> None:
    done, engine = grade(tmp_path, submission("a", server=None))
    assert engine.played == []
    assert done[0].grade.id == "a"
    assert (tmp_path / "a" / "index.html").is_file()


def test_a_fault_in_reading_is_ours_and_stops_nobody(tmp_path: Path) -> None:
    def broken() -> Submission:
        raise ZeroDivisionError("reading")

    entries = [Waiting("x", "X", broken), *waiting(submission("b"))]
    done, engine = grade(tmp_path, entries=entries)
    assert engine.played == ["b"]
    ours = next(one for one in done if one.grade.id == "x")
    assert "ZeroDivisionError" in ours.fault
    assert not ours.grade.complete
    assert is_internal(ours.grade.problem)
    assert (tmp_path / "x" / "result.json").is_file()


def test_a_fault_in_judging_is_ours_and_keeps_the_runs(tmp_path: Path) -> None:
    def broken(*arguments: object) -> Grade:
        raise ZeroDivisionError("judging")

    done, _ = grade(tmp_path, submission("a"), judge_with=broken)
    assert "judging" in done[0].fault
    assert done[0].grade.max_score == 0
    with output.opened(tmp_path) as folder:
        found = saved.load(folder, "a")
        assert found is not None
        assert found.problem is None
        mended = grading.rejudge(folder, source(), SETTINGS, judge, found)
    assert mended.grade.complete


def test_a_fault_is_told_with_a_reference_into_the_log(tmp_path: Path) -> None:
    def broken(*arguments: object) -> Grade:
        raise ZeroDivisionError("judging")

    (done,), _ = grade(tmp_path, submission("a"), judge_with=broken)
    assert done.grade.problem is not None
    assert done.reference in done.grade.problem.message.in_language("fr")
    log = (tmp_path / output.LOG).read_text()
    assert f" {done.reference} a\n" in log
    assert "ZeroDivisionError: judging" in log
    result = results.read_result((tmp_path / "a/result.json").read_bytes())
    assert result.problem is not None
    assert done.reference in result.problem.message
    assert done.reference in (tmp_path / "a/index.html").read_text()


class BrokenOff(FakeEngine):
    """Plays jobs by workers of which the first two broke off."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for played in super().play(jobs):
            yield replace(played, faults=("Traceback\nKeyError: 'ours'",) * 2)


@pytest.mark.parametrize("outcome", ["completed", "not_run"])
def test_what_workers_broke_off_with_is_in_the_log_alone(tmp_path: Path, outcome: str) -> None:
    (done,), _ = grade(
        tmp_path, submission("a"), engine=BrokenOff(outcome=outcome), judge_with=judge_run
    )
    log = (tmp_path / output.LOG).read_text()
    assert log.count("KeyError: 'ours'") == 1
    assert (done.reference in log, bool(done.reference)) == (True, outcome == "not_run")
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or path.name == output.LOG or b"KeyError" not in path.read_bytes()


def test_what_the_machine_left_ungraded_is_in_the_log(tmp_path: Path) -> None:
    (done,), _ = grade(tmp_path, submission("a"), engine=FakeEngine(outcome="not_run"))
    # The fake judge has no runs in its grades; the real one says why each was not run.
    assert not done.grade.complete
    with output.opened(tmp_path / "real") as folder:
        one = Grading(folder, source(), SETTINGS, judge_run)
        (done,) = one.grade(waiting(submission("a")), FakeEngine(outcome="not_run"))
    assert "server-nominal: the machine refuses it" in done.fault
    assert done.reference in (tmp_path / "real" / output.LOG).read_text()


def test_a_bug_in_judging_what_is_taken_over_stops_nobody(tmp_path: Path) -> None:
    def broken_for_a(lab: Lab, one: Submission, seed: str, runs: Sequence[Recorded]) -> Grade:
        if one.id == "a":
            raise ZeroDivisionError("judging")
        return judge(lab, one, seed, runs)

    grade(tmp_path, submission("a"), submission("b"))
    (tmp_path / "a" / KEPT).unlink()
    done, engine = grade(tmp_path, submission("a"), submission("b"), judge_with=broken_for_a)
    assert engine.played == ["a"]
    by_id = {one.grade.id: one for one in done}
    assert is_internal(by_id["a"].grade.problem)
    assert by_id["b"].taken_over


@pytest.mark.parametrize("failing", ["pages_of", "bounded", "describe"])
def test_a_bug_in_writing_is_one_submissions_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """Whatever part of ours fails on what one submission holds, it has a row that says so."""
    module = pages if failing == "pages_of" else saved
    real = getattr(module, failing)

    def broken(*arguments: object, **named: object) -> object:
        held = [x for x in arguments if isinstance(x, Submission) and x.id == "a" and x.files]
        if held:
            raise ZeroDivisionError(failing)
        return real(*arguments, **named)

    monkeypatch.setattr(module, failing, broken)
    done, _ = grade(tmp_path, submission("a"), submission("b"))
    by_id = {one.grade.id: one for one in done}
    assert by_id["b"].grade.complete
    assert is_internal(by_id["a"].grade.problem)
    result = results.read_result((tmp_path / "a/result.json").read_bytes())
    assert (result.complete, result.max_score) == (False, 0)
    assert by_id["a"].reference in (tmp_path / "a/index.html").read_text()
    assert failing in (tmp_path / output.LOG).read_text()
    monkeypatch.undo()
    done, engine = grade(tmp_path, submission("a"), submission("b"))
    assert engine.played == ["a"]
    assert all(one.grade.complete for one in done)


@pytest.mark.parametrize(
    "name", ["runs/server-nominal.jsonl", "runs/server-nominal.pcapng", "source/01-serveur.py"]
)
def test_what_was_changed_since_is_graded_once_more(tmp_path: Path, name: str) -> None:
    """Torn by a power cut, or edited: the sums tell."""
    grade(tmp_path, submission("a"), submission("b"))
    (tmp_path / "a" / name).write_bytes(b"")
    _, engine = grade(tmp_path, submission("a"), submission("b"))
    assert engine.played == ["a"]


def test_another_problem_is_another_result(tmp_path: Path) -> None:
    """An archive that was broken is encrypted now: both have no file, and the same digest."""
    words = Text({"fr": "abîmée", "en": "damaged"})
    for code in ("broken-archive", "encrypted-archive", "encrypted-archive"):
        blank = replace(submission("a", server=None), files=())
        told = Problem(code=code, blame="student", message=words)
        (done,), _ = grade(tmp_path, replace(blank, problem=told))
        assert done.grade.problem is not None
        assert done.grade.problem.code == code
    assert done.taken_over


def test_a_result_says_what_it_was_made_from(tmp_path: Path) -> None:
    one = submission("a")
    for _ in range(2):
        (done,), _ = grade(tmp_path, one)
        result = results.read_result((tmp_path / "a/result.json").read_bytes())
        assert result.digests == results.DigestsInfo(submission=one.digest, lab=source().digest)
    assert done.taken_over


def test_a_job_that_the_engine_loses_is_ours(tmp_path: Path) -> None:
    class Losing(FakeEngine):
        def play(self, jobs):  # type: ignore[no-untyped-def]
            return iter([one for one in super().play(jobs) if one.key != "a"])

    done, _ = grade(tmp_path, submission("a"), submission("b"), engine=Losing())
    lost = next(one for one in done if one.grade.id == "a")
    assert lost.fault
    assert is_internal(lost.grade.problem)


class Moody:
    """An engine whose server prints the second message in odd repeats only."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for job in jobs:
            numbers = range(1, job.certify + 1)
            runs = [self._run(job, number) for number in numbers]
            yield Played(key=job.key, role=job.role, runs=tuple(runs))

    def _run(self, job: Job, number: int) -> PlayedRun:
        play = transcripts.server()
        play.header = msgspec.structs.replace(
            play.header, run=run_id("server-nominal", number), seed=job.seed
        )
        play.receives(play.texts["greeting"]).sends("hello").consumed()
        play.prints(play.texts["hello"]).sends("goodbye")
        if number % 2:
            play.prints(play.texts["goodbye"])
        return PlayedRun(transcript=play.fin().we_close().exits(), pcapng=b"wire")


def test_a_verdict_that_differs_is_told_and_is_not_the_students_loss(tmp_path: Path) -> None:
    settings = replace(SETTINGS, certify=4)
    with output.opened(tmp_path) as folder:
        folder.mark(grading.marker_of(source(), settings))
        one = Grading(folder, source(), settings, judge_run)
        (done,) = one.grade(waiting(submission("a")), Moody())
    made = done.grade.certification
    assert made is not None
    assert [d.criterion for d in made.differences] == ["server.print2"]
    # Judged again, written, and taken over: it stays told.
    written = results.read_result((tmp_path / "a" / "result.json").read_bytes())
    assert isinstance(written.certification, results.CertificationResult)
    (difference,) = written.certification.differences
    paths = [verdict.transcript for verdict in difference.verdicts]
    assert paths == ["a/runs/server-nominal.jsonl", "a/runs/server-nominal~2.jsonl"]
    assert all((tmp_path / path).is_file() for path in paths)
    (criterion,) = [c for c in written.criteria if c.id == "server.print2"]
    assert (criterion.status, criterion.points) == ("pass", 2)


def test_an_interrupt_keeps_what_is_done_and_the_next_goes_on(tmp_path: Path) -> None:
    def interrupt(job: Job) -> None:
        if job.key == "c":
            raise KeyboardInterrupt

    three = [submission("a"), submission("b"), submission("c")]
    with pytest.raises(KeyboardInterrupt):
        grade(tmp_path, *three, engine=FakeEngine(interrupt))
    assert not (tmp_path / "c").exists()
    done, engine = grade(tmp_path, *three)
    assert engine.played == ["c"]
    assert len(done) == 3


def test_after_an_interrupt_whoever_asked_hears_of_all_that_is_written(tmp_path: Path) -> None:
    def interrupt(job: Job) -> None:
        raise KeyboardInterrupt

    grade(tmp_path, submission("a"), submission("b"))
    with output.opened(tmp_path) as folder:
        one = Grading(folder, source(), SETTINGS, judge)
        entries = waiting(*(submission(name) for name in "abc"))
        with pytest.raises(KeyboardInterrupt):
            list(one.grade(entries, FakeEngine(interrupt)))
        assert [done.grade.id for done in one.undelivered()] == ["a", "b"]


def test_a_cut_while_writing_is_not_taken_for_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = output.OutputFolder.write

    def cut(folder: output.OutputFolder, name: str, data: bytes) -> None:
        if name.endswith("index.html"):
            raise KeyboardInterrupt
        write(folder, name, data)

    grade(tmp_path, submission("a"))
    monkeypatch.setattr(output.OutputFolder, "write", cut)
    with pytest.raises(KeyboardInterrupt):
        grade(tmp_path, submission("a", text=b"new\n"))
    monkeypatch.undo()
    _, engine = grade(tmp_path, submission("a", text=b"new\n"))
    assert engine.played == ["a"]


def test_a_full_disk_ends_the_batch_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: output.OutputFolder, name: str, data: bytes) -> None:
        raise output.CannotWriteError("full")

    with output.opened(tmp_path) as folder:
        monkeypatch.setattr(output.OutputFolder, "write", full)
        one = Grading(folder, source(), SETTINGS, judge)
        with pytest.raises(output.CannotWriteError):
            list(one.grade(waiting(submission("a")), FakeEngine()))


def test_a_class_is_not_read_ahead_of_the_engine(tmp_path: Path) -> None:
    reads: list[str] = []

    def entry(name: str) -> Waiting:
        def read() -> Submission:
            reads.append(name)
            return submission(name)

        return Waiting(name, name, read)

    with output.opened(tmp_path) as folder:
        one = Grading(folder, source(), SETTINGS, judge)
        graded = one.grade([entry(f"s{number}") for number in range(30)], FakeEngine())
        next(graded)
        # Some that were played may wait to be judged; the rest of the class is not read.
        assert 1 <= len(reads) <= 10
        assert len(list(graded)) == 29
