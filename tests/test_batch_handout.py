"""Copies to hand out: of what is hidden, and of others, there is no byte."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest
from batch_tools import SETTINGS, TP09, submission, waiting
from transcripts import Play, right_client, right_server, served, server

from grader import results
from grader import transcript as tr
from grader.batch import grading, handout, output, pages
from grader.batch.grading import Grading
from grader.batch.judging import judge_run
from grader.batch.plan import LabSource
from grader.cli import app
from grader.lab.load import lab_files, load_lab_bytes
from grader.run.jobs import Job, Played, PlayedRun

SECRET = "La tortue orange compte ses dominos"
"""What only a hidden scenario sends."""
TRAP = """\
# Ce que cache ce labo
scenario: server-trap
tests: server
visibility: VISIBILITY
title: Le piège aux dominos
reference: [connect, {receive: greeting, proves: server.trap}, send: secret, receive: end]
expect:
  stdout: [{contains: secret, proves: server.print1}]
"""
TELLING = (SECRET.encode(), b"tortue", b"server-trap", b"dominos", b"secret", b"Ce que cache")


def lab_source(visibility: str, due: str = "") -> LabSource:
    """tp09 with a scenario more, which proves a criterion of its own."""
    files = lab_files(TP09)
    lab = files["lab.yaml"].decode()
    lab = lab.replace("messages:\n", f"messages:\n  secret: {SECRET}\n", 1)
    lab = lab.replace("scenarios:\n", "scenarios:\n  - server-trap\n", 1)
    own = "{points: 2, title: Le dernier critère, requirement: R, hint: H}"
    lab = lab.replace("criteria:\n", f"criteria:\n  server.trap: {own}\n", 1)
    trap = TRAP.replace("VISIBILITY", visibility)
    if due:
        lab = f"late: {{due: {due}}}\n{lab}"
    files |= {"lab.yaml": lab.encode(), "server-trap.yaml": trap.encode()}
    return LabSource(lab=load_lab_bytes(files), files=files)


class Recorded:
    """Plays what was made by hand: the server does not print what the trap sends."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for job in jobs:
            runs = self._runs() if job.role == "server" else [right_client()]
            all_texts = [self._with_all_texts(run) for run in runs]
            wires = [f"wire of {run.header.run}".encode() for run in runs]
            yield Played(
                key=job.key,
                role=job.role,
                runs=tuple(
                    PlayedRun(transcript=t, pcapng=w) for t, w in zip(all_texts, wires, strict=True)
                ),
            )

    def _runs(self) -> list[tr.Transcript]:
        trap = server("server-trap")
        trap.texts["secret"] = SECRET
        trap.receives(trap.texts["greeting"]).sends("secret").consumed().prints("domi")
        nominal: Play = served(server())
        return [trap.fin().we_close().exits(), nominal.fin().we_close().exits(),
                right_server("server-drawn")]  # fmt: skip

    def _with_all_texts(self, run: tr.Transcript) -> tr.Transcript:
        texts = {**run.header.texts, "secret": SECRET}
        header = msgspec.structs.replace(run.header, texts=texts)
        return msgspec.structs.replace(run, header=header)


def graded(out: Path, visibility: str = "hidden", due: str = "") -> Path:
    source = lab_source(visibility, due)
    two = (submission("dupont"), submission("martin", text=b"print(1)\n"))
    with output.opened(out) as folder:
        folder.mark(grading.marker_of(source, SETTINGS))
        done = list(Grading(folder, source, SETTINGS, judge_run).grade(waiting(*two), Recorded()))
        pages.write_class(folder, source.lab, SETTINGS, [one.grade for one in done])
    return out


def report(out: Path, *more: str | Path) -> int:
    return app.main(["report", str(out), "--audience", "student", *map(str, more)])


def every_byte(folder: Path) -> dict[str, bytes]:
    """Names and contents of all files, those inside archives too."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        found[name] = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(found[name])) as archive:
                found |= {f"{name}/{m}": archive.read(m) for m in archive.namelist()}
    return found


def telling(folder: Path, words: Iterable[bytes] = TELLING) -> set[tuple[str, bytes]]:
    return {
        (name, word)
        for name, data in every_byte(folder).items()
        for word in words
        if word in data or word in name.encode()
    }


@pytest.mark.parametrize("zipped", [False, True])
def test_nothing_of_a_hidden_scenario_is_in_any_byte_of_the_copy(
    tmp_path: Path, zipped: bool
) -> None:
    out = graded(tmp_path / "out")
    assert {word for _, word in telling(out)} == {*TELLING}
    copy = tmp_path / "copy"
    assert report(out, "--out", copy, *(["--zip"] if zipped else [])) == 0
    assert telling(copy) == set()
    names = every_byte(copy)
    folder = "dupont.zip/dupont" if zipped else "dupont"
    assert f"{folder}/runs/server-nominal.jsonl" in names
    assert f"{folder}/runs/server-nominal.pcapng" in names
    assert names[f"{folder}/source/01-serveur.py"] == b"pass\n"


def test_points_and_names_of_criteria_stay(tmp_path: Path) -> None:
    out, copy = graded(tmp_path / "out"), tmp_path / "copy"
    assert report(out, "--out", copy) == 0
    whole = results.read_result((out / "dupont/result.json").read_bytes())
    shown = results.read_result((copy / "dupont/result.json").read_bytes())
    assert (shown.score, shown.max_score) == (whole.score, whole.max_score)
    assert [(c.id, c.status, c.points) for c in shown.criteria] == [
        (c.id, c.status, c.points) for c in whole.criteria
    ]
    own = shown.criteria[0]
    assert (own.id, own.title, own.status) == ("server.trap", "Le dernier critère", "pass")
    assert [f.run for f in own.findings] == [""]
    lost = next(c for c in shown.criteria if c.id == "server.print1")
    assert lost.status == "fail"
    assert {f.run for f in lost.findings} == {"server-nominal", "server-drawn", ""}
    assert {run.id for run in whole.runs} - {run.id for run in shown.runs} == {"server-trap"}
    page = (copy / "dupont/index.html").read_text()
    assert "Le dernier critère" in page
    assert "n’est pas montré ici" in page
    hidden = {c.id for c in whole.criteria if c.visibility != "visible"}
    assert hidden == {"server.trap"}
    assert [r.visibility for r in whole.runs if r.id == "server-trap"] == ["hidden"]


def test_after_due_is_shown_when_the_date_has_passed_and_not_before(tmp_path: Path) -> None:
    out, copy = graded(tmp_path / "out", "after_due"), tmp_path / "copy"
    assert report(out, "--out", copy, "--due-passed") == 0
    assert (copy / "dupont/runs/server-trap.jsonl").is_file()
    shown = {word for _, word in telling(copy)}
    assert SECRET.encode() in shown
    assert b"Ce que cache" not in shown  # the scenario's source is for nobody
    assert report(out, "--out", copy) == 0
    assert telling(copy) == set()


def test_the_due_date_of_the_lab_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year, shown in (("2001", True), ("2999", False)):
        out, copy = tmp_path / year, tmp_path / f"copy-{year}"
        graded(out, "after_due", due=f"{year}-01-01T00:00:00+00:00")
        assert report(out, "--out", copy, "--lang", "en") == 0
        assert (copy / "dupont/runs/server-trap.jsonl").is_file() is shown
        assert bool(telling(copy)) is shown
        assert ("has passed" in capsys.readouterr().err) is shown


def test_a_student_gets_nothing_of_another_one(tmp_path: Path) -> None:
    out, copy = graded(tmp_path / "out"), tmp_path / "copy"
    assert report(out, "--out", copy) == 0
    assert sorted(path.name for path in copy.iterdir() if path.is_dir()) == ["dupont", "martin"]
    assert {path.name for path in copy.iterdir() if path.is_file()} <= {
        output.MARKER, output.LOCK, output.CLEAN,
    }  # fmt: skip
    assert telling(copy / "dupont", [b"martin", b'href="../', b"results.json"]) == set()
    assert telling(out / "dupont", [b'href="../'])


def test_out_stays_as_it_is_and_a_copy_is_no_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, copy = graded(tmp_path / "out"), tmp_path / "out-students"
    before = every_byte(out)
    assert report(out, "--lang", "en") == 0
    assert capsys.readouterr().out == (
        f"Copies to hand out, one for each student: 2, in {copy}\nScenarios left out: 1\n"
    )
    assert every_byte(out) == before
    assert app.main(["report", str(copy)]) == 2
    assert app.main(["verify", str(copy)]) == 2
    assert report(copy) == 2
    assert "copie pour les étudiants" in capsys.readouterr().err


def test_a_copy_replaces_no_results_and_goes_nowhere_near_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, other = graded(tmp_path / "out"), graded(tmp_path / "other")
    before = every_byte(other)
    assert report(out, "--out", other) == 2
    assert "results of wiregrade grade" in capsys.readouterr().err
    # Whoever opens it next looks for what was left behind, after any refusal.
    before.pop(output.CLEAN, None)
    assert every_byte(other) == before
    for place in (out, out / "copies", tmp_path):
        assert report(out, "--out", place) == 2
    assert app.main(["report", str(out), "--due-passed"]) == 2
    assert "--audience student" in capsys.readouterr().err


def test_the_same_copy_is_the_same_bytes(tmp_path: Path) -> None:
    out, copy = graded(tmp_path / "out"), tmp_path / "copy"
    assert report(out, "--out", copy, "--zip") == 0
    before = every_byte(copy)
    (copy / "gone.zip").write_bytes(b"of somebody who left")
    assert report(out, "--out", copy, "--zip") == 0
    assert every_byte(copy) == before


def test_a_folder_that_only_looks_like_a_copy_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, copy = graded(tmp_path / "out"), tmp_path / "copy"
    assert report(out, "--out", copy) == 0
    forged = tmp_path / "forged"
    shutil.copytree(copy, forged)
    (forged / "thesis.tex").write_text("precious")
    before = every_byte(forged)
    assert report(out, "--out", forged) == 2
    assert "--out FOLDER" in capsys.readouterr().err
    assert every_byte(forged) == before


def test_a_lost_submission_is_said_and_the_others_are_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, copy = graded(tmp_path / "out"), tmp_path / "copy"
    (out / "dupont/runs/server-nominal.jsonl").unlink()
    assert report(out, "--out", copy) == 3
    assert "dupont" in capsys.readouterr().err
    assert (copy / "martin/index.html").is_file()
    assert not (copy / "dupont").exists()


def test_a_marker_says_whether_it_is_a_copy(tmp_path: Path) -> None:
    assert not output.is_for_students(None)
    with output.opened(tmp_path / "copy") as folder:
        handout.begin(folder, "tp09", "fr")
        assert output.is_for_students(folder.marker())
