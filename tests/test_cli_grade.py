"""`wiregrade grade` and `report`, through the real engine and with bad input."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from engine_tools import bwrap
from namespaces import missing
from short_lab import short_lab
from test_cli_only_some import Engine

import grader
from grader import results
from grader.batch import output
from grader.cli import app, executor

ROOT = Path(grader.__file__).parent.parent
SAMPLES = ROOT / "submissions"
LAB = """\
lab: petit
title: {fr: Petit labo, en: Small lab}
language: en
port: 65432
messages:
  greeting: {text: "Bonjour Client, je suis le serveur 65432, la connexion est établie"}
"""


def grade(*arguments: str | Path) -> int:
    return app.main(["grade", *map(str, arguments)])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A class of three: a right one, a wrong one, and a broken archive."""
    folder = tmp_path / "remises"
    for name in ("juste_enonce", "faute_un_seul_recv"):
        shutil.copytree(SAMPLES / name, folder / name)
    (folder / "casse.zip").write_bytes(b"PK\x03\x04 no zip")
    (folder / "notes.ods").write_bytes(b"")
    return folder


@pytest.mark.sandbox
def test_a_class_from_end_to_end(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    out = tmp_path / "out"
    assert grade(small, "--out", out) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == f"Rapport\u00a0: {out}/index.html"
    assert "notes.ods" in told.err
    assert "[3/3]" in told.err
    assert "faute de Wiregrade" not in told.err
    assert not (out / output.LOG).exists()
    document = results.read_results((out / "results.json").read_bytes())
    by_id = {one.id: one for one in document.submissions}
    assert [*by_id] == ["casse", "faute_un_seul_recv", "juste_enonce"]
    assert by_id["juste_enonce"].score == 20
    assert by_id["faute_un_seul_recv"].score == 17
    problem = by_id["casse"].problem
    assert problem is not None
    assert (problem.code, by_id["casse"].score) == ("broken-archive", 0)
    assert all((out / one.report).is_file() for one in document.submissions)

    # Nothing has changed: nothing is played, everything is the same.
    before = (out / "results.json").read_bytes()
    wire = (out / "juste_enonce/runs/server-nominal.pcapng").stat().st_mtime_ns
    assert grade(small, "--out", out) == 0
    assert capsys.readouterr().err.count("repris") == 3
    assert (out / "results.json").read_bytes() == before
    assert (out / "juste_enonce/runs/server-nominal.pcapng").stat().st_mtime_ns == wire

    # Judged again from what is saved, the lab's folder and the submissions gone.
    shutil.rmtree(small)
    assert app.main(["report", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Rapport")
    assert (out / "results.json").read_bytes() == before
    assert app.main(["report", str(out), "--lang", "en"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"Report: {out}/index.html"
    assert '<html lang="en"' in (out / "juste_enonce/index.html").read_text()

    # For the projector: nobody's name, always the same pseudonyms; then the names again.
    named = (out / "index.html").read_text()
    assert "juste_enonce" in named
    assert app.main(["report", str(out), "--lang", "en", "--anonymous"]) == 0
    page = (out / "index.html").read_text()
    assert not [name for name in by_id if name in page]
    assert "juste_enonce" in (out / "juste_enonce/index.html").read_text()
    assert app.main(["verify", str(out)]) == 0
    assert app.main(["report", str(out)]) == 0
    assert (out / "index.html").read_text() == named
    assert app.main(["report", str(out), "--anonymous"]) == 0
    assert (out / "index.html").read_text() == page


@pytest.mark.sandbox
def test_other_options_are_said_and_fail_under_is_one(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    shutil.rmtree(small / "faute_un_seul_recv")
    out = tmp_path / "out"
    asked = (small, "--out", out, "--lang", "en", "--lab", short_lab(tmp_path))
    assert grade(*asked) == 0
    assert "Report: " in capsys.readouterr().out
    assert grade(*asked, "--seed", "s1", "--fail-under", "12,5") == 1
    assert "another version (seed)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "(client-nominal.yaml): the runs that this touches are played again, the others "
               "are taken over"),
        ("fr", "(client-nominal.yaml)\u00a0: les exécutions que cela touche sont refaites, les "
               "autres reprises"),
    ],
)  # fmt: skip
def test_of_a_changed_lab_it_says_what_is_played_again(
    small: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    said: str,
) -> None:
    monkeypatch.setattr(executor, "Engine", Engine)
    lab = short_lab(tmp_path)
    asked = (small, "--out", tmp_path / "out", "--lang", language, "--lab", lab,
             "--isolation", "none")  # fmt: skip
    grade(*asked)
    with (lab / "client-nominal.yaml").open("a") as file:
        file.write("# another\n")
    capsys.readouterr()
    grade(*asked)
    told = capsys.readouterr().err
    assert said in told
    # Where nothing is taken over, or more has changed, everything is graded anew.
    for more in (["--no-cache"], ["--fresh"], ["--seed", "s1"]):
        with (lab / "client-nominal.yaml").open("a") as file:
            file.write("# another\n")
        grade(*asked, *more)
        told = capsys.readouterr().err
        assert said not in told
        assert "lab_digest" in told


@pytest.mark.sandbox
def test_certified_idle_and_under_load(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    out = tmp_path / "out"
    asked = (small, "--out", out, "--lang", "en", "--lab", short_lab(tmp_path))
    assert grade(*asked, "--certify", "2") == 0
    told = capsys.readouterr()
    phases = [line for line in told.err.splitlines() if line.startswith("Repeats")]
    assert [line.split(" of each scenario, ")[0] for line in phases] == ["Repeats 1", "Repeats 2"]
    assert "Certified: 2 repeats of each scenario" in told.out
    document = results.read_results((out / "results.json").read_bytes())
    by_id = {one.id: one for one in document.submissions}
    certified = by_id["juste_enonce"].certification
    assert isinstance(certified, results.CertificationResult)
    assert (certified.repeats, certified.differences) == (2, ())
    alone = {run.scenario for run in by_id["juste_enonce"].runs if run.role != "both"}
    assert certified.runs == 2 * len(alone)  # two programs with each other give no verdict
    assert by_id["faute_un_seul_recv"].score == 17
    assert (out / "juste_enonce/runs/server-nominal~2.jsonl").is_file()


@pytest.mark.sandbox
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_process_and_the_next_goes_on(
    small: Path, tmp_path: Path, number: signal.Signals
) -> None:
    bwrap()
    out = tmp_path / "out"
    # It never ends by itself: the interrupt comes while it runs.
    hung = "import socket\ns=socket.socket()\ns.bind(('',65432))\ns.listen()\nwhile True: pass\n"
    shutil.rmtree(small / "juste_enonce")
    (small / "juste_enonce").mkdir()
    (small / "juste_enonce" / "serveur.py").write_text(hung)
    command = [sys.executable, "-m", "grader", "grade", str(small), "--out", str(out)]
    lab = short_lab(tmp_path)
    text = (lab / "lab.yaml").read_text()
    # Nor is it ended by a limit, however busy we are.
    (lab / "lab.yaml").write_text(
        re.sub(r"^limits:(?:\n  .*)+", "limits: {cpu: 300, wall: 300}", text, flags=re.M)
    )
    command += ["--lab", str(lab)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "1"}
    with subprocess.Popen(
        [*command, "--jobs", "1"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=environment, cwd=tmp_path, start_new_session=True,
    ) as program:  # fmt: skip
        assert program.stderr is not None
        for line in program.stderr:
            if line.startswith("[1/3]"):  # what is broken needs no run: they have only begun
                break
        program.send_signal(number)
        rest = program.stderr.read()
        assert program.wait() == 130
    told = re.search("Interrompu : ([12]) sur 3", rest.replace("\u00a0", " "))
    assert told is not None, rest
    done = int(told[1])
    assert "Traceback" not in rest
    with pytest.raises(ProcessLookupError):
        os.killpg(program.pid, 0)
    assert not [p for p in out.rglob("*") if "part" in p.name]
    document = json.loads((out / "results.json").read_text())
    assert len(document["submissions"]) == done
    shutil.copytree(SAMPLES / "juste_enonce", small / "juste_enonce", dirs_exist_ok=True)
    again = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert again.stderr.count("repris") == done
    assert "juste_enonce  20/20\n" in again.stderr


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: folder / "none", "n’existe pas"),
        (lambda folder: folder, "est vide"),
    ],
)
def test_no_submissions(
    tmp_path: Path, make: object, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "remises"
    folder.mkdir()
    assert callable(make)
    assert grade(make(folder), "--out", tmp_path / "out") == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_unknown_lab_names_the_near_one(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(small, "--lab", "tp9", "--out", tmp_path / "out") == 2
    assert "did you mean tp09?" in capsys.readouterr().err


def test_all_errors_of_a_lab_are_shown(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    wrong = "".join(f"wrong{i}: {i}\n" for i in range(10))
    (lab / "lab.yaml").write_text(LAB + wrong)
    for command in (["grade", str(small), "--lab", str(lab)], ["validate", str(lab)]):
        assert app.main([*command]) == 2
        err = capsys.readouterr().err
        assert err.count(f"{lab}/lab.yaml:") >= 10
        assert all(f"wrong{i}" in err for i in range(10))


def test_a_folder_that_is_not_ours_is_refused_untouched(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("years")
    assert grade(small, "--out", out) == 2
    assert "thesis" not in capsys.readouterr().out
    assert [p.name for p in out.iterdir()] == ["thesis.tex"]


def test_no_permission_to_write(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A file in the way is refused for everybody, root too.
    (tmp_path / "file").write_text("")
    assert grade(small, "--out", tmp_path / "file" / "out", "--isolation", "none") == 2
    assert "file" in capsys.readouterr().err


def test_a_full_disk_is_said_and_what_is_graded_is_kept(tmp_path: Path) -> None:
    for number in range(40):
        folder = tmp_path / "remises" / f"s{number:02}"
        folder.mkdir(parents=True)
    out = tmp_path / "out"
    out.mkdir()
    script = 'mount -t tmpfs -o size=512k tmpfs "$0" || exit 77; "$@"; s=$?; find "$0"; exit $s'
    done = subprocess.run(
        [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, str(out)),
            *(sys.executable, "-m", "grader", "grade", str(tmp_path / "remises")),
            *("--out", str(out), "--isolation", "none", "--lang", "en"),
        ],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    if done.returncode in (1, 77) and "[" not in done.stderr:
        missing(f"no small disk can be made here: {done.stderr}")
    assert done.returncode == 3, done.stderr
    assert "the disk is full" in done.stderr
    assert f"{out}/s00/result.json" in done.stdout
    assert "part" not in done.stdout


def test_without_isolation_it_refuses_and_says_how(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.cli import executor
    from grader.run.host import Fact, HostReport

    lacking = Fact(name="network", ok=False, detail="Operation not permitted", mend="sudo sysctl x")
    report = HostReport(facts=(lacking,), python="/usr/bin/python3", version="3", bwrap=None)
    monkeypatch.setattr(executor, "probe", lambda python: report)
    assert grade(small, "--out", tmp_path / "out") == 3
    assert "sudo sysctl x" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_report_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["report", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err
