"""`wiregrade matrix` from end to end, its exit statuses, and what Ctrl-C leaves: nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest
from engine_tools import bwrap, python
from test_view_html import Page

import grader
from grader.cli import app
from grader.cli import matrix as command
from grader.run.engine import Engine
from grader.run.errors import HostError
from grader.run.jobs import EngineOptions, Job, Played

ROOT = Path(grader.__file__).parent.parent
SAMPLES = ("juste_enonce", "juste_asyncio", "faute_attend_encore", "faute_port")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "remises"
    for name in SAMPLES:
        shutil.copytree(ROOT / "submissions" / name, folder / name)
    (folder / "casse.zip").write_bytes(b"PK\x03\x04 no zip")
    return folder


def matrix(*arguments: str | Path) -> int:
    return app.main(["matrix", *map(str, arguments), "--python", python()])


@pytest.mark.sandbox
def test_a_class_from_end_to_end(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    out = tmp_path / "out"
    assert matrix(small, "--out", out, "--lang", "en", "--jobs", "2") == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == f"Matrix: {out}/matrix.html"
    assert "[16/16]" in told.err
    document = json.loads((out / "matrix.json").read_bytes())
    codes = {(p["server"], p["client"]): p["code"] for p in document["pairs"]}
    assert len(codes) == 16
    right = ("juste_enonce", "juste_asyncio")
    assert {codes[s, c] for s in right for c in right} == {"works"}
    assert codes["faute_attend_encore", "faute_attend_encore"] == "both-wait-merged"
    assert {codes["faute_port", c] for c in right} == {"wrong-port"}
    assert {codes[s, "faute_port"] for s in right} == {"wrong-port"}
    assert [one["name"] for one in document["left_out"]] == ["casse"]
    page = Page((out / "matrix.html").read_text("utf-8"))
    assert "juste_asyncio" in page.text
    # A folder of results that is there already is not touched but for these files.
    assert sorted(p.name for p in out.iterdir()) == [
        ".wiregrade.clean", ".wiregrade.json", ".wiregrade.lock", "matrix.html", "matrix.json",
    ]  # fmt: skip


@pytest.mark.sandbox
def test_a_big_class_is_sampled_and_it_is_said(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    out = tmp_path / "out"
    arguments = (small, "--out", out, "--sample", "2", "--seed", "2", "--lang", "en")
    assert matrix(*arguments) == 0
    assert "The class has 5 submissions: 2 are drawn" in capsys.readouterr().err
    document = json.loads((out / "matrix.json").read_bytes())
    assert (document["sample"], document["submissions"]) == (2, 5)


def test_bad_input_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert matrix(tmp_path / "nowhere") == 2
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.tex").write_text("precious")
    assert matrix(ROOT / "submissions", "--out", theirs) == 2
    only_servers = tmp_path / "only" / "a"
    only_servers.mkdir(parents=True)
    (only_servers / "serveur.py").write_text("import socket\n")
    assert matrix(tmp_path / "only", "--out", tmp_path / "x") == 2
    assert "no client" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    assert app.main(["matrix", str(tmp_path), "--sample", "3", "--all"]) == 2


class _Fake:
    """An engine that cannot play anything, or that is interrupted."""

    error: BaseException | None = None

    def __init__(self, options: EngineOptions) -> None:
        self.real = Engine(options)

    def __enter__(self) -> _Fake:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def play(self, jobs: Iterable[Job]) -> Iterable[Played]:
        if self.error is not None:
            raise self.error
        return [self.real.not_run(job, "the disk is full") for job in jobs]


@pytest.mark.sandbox
def test_faults_of_the_machine_are_3_and_an_interrupt_is_130(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bwrap()
    out = tmp_path / "out"
    monkeypatch.setattr(command, "Engine", _Fake)
    monkeypatch.setattr(_Fake, "error", HostError("nothing runs here"))
    assert matrix(small, "--out", out) == 3
    monkeypatch.setattr(_Fake, "error", KeyboardInterrupt())
    assert matrix(small, "--out", out) == 130
    assert not out.exists()
    monkeypatch.setattr(_Fake, "error", None)
    assert matrix(small, "--out", out) == 3
    assert "non évalué" in Page((out / "matrix.html").read_text("utf-8")).text


@pytest.mark.sandbox
def test_an_interrupt_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    bwrap()
    out = tmp_path / "out"
    # Programs that never end, so that it is interrupted in the middle.
    for name in SAMPLES:
        (small / name / "serveur.py").write_text("while True: pass\n")
    arguments = ["matrix", str(small), "--out", str(out), "--jobs", "2", "--sample", "4"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments, "--python", python(), "--lang", "en"],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path,
        start_new_session=True,
    ) as program:  # fmt: skip
        assert program.stderr is not None
        assert "are drawn" in program.stderr.readline()
        program.send_signal(signal.SIGINT)
        rest = program.stderr.read()
        assert program.wait() == 130
    assert "Traceback" not in rest
    assert not out.exists()
    assert _alive_in_group(program.pid) == []


def _alive_in_group(group: int) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
    return found
