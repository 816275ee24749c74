"""A class comes to the same results here, in parts, and on a Dask cluster of real processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dask_cluster import cluster, graded_lab, tls

from grader.batch.profile import PLAYED
from grader.cli import app
from grader.cluster import connection
from grader.cluster.connection import Cluster, Workers
from grader.run.errors import HostError

SAMPLES = Path(__file__).resolve().parent.parent / "submissions"
WHO = ("juste_enonce", "faute_sans_encode")
TIMES = {"seconds"}


def grade(
    submissions: Path, out: Path, *more: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Grade with the graded scenarios of tp09: its advice is most of the runs."""
    lab = graded_lab(submissions.parent / "lab")
    command = [sys.executable, "-P", "-m", "grader", "grade", str(submissions), "--out", str(out)]
    return subprocess.run(
        [*command, "--lab", str(lab), "--lang", "en", *more], capture_output=True, text=True,
        env={**os.environ, **(env or {})},
    )  # fmt: skip


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in TIMES}
    return [without_times(one) for one in value] if isinstance(value, list) else value


def results(out: Path) -> Any:
    return without_times(json.loads((out / "results.json").read_bytes()))


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    place = tmp_path / "class"
    for who in WHO:
        (place / who).mkdir(parents=True)
        for name in ("serveur.py", "client.py"):
            (place / who / name).write_bytes((SAMPLES / who / name).read_bytes())
    return place


@pytest.mark.sandbox
def test_the_same_class_is_the_same_here_in_parts_and_on_dask(
    tmp_path: Path, submissions: Path
) -> None:
    here = grade(submissions, tmp_path / "here")
    assert here.returncode == 0, here.stderr
    for part in ("1/2", "2/2"):
        made = grade(submissions, tmp_path / part.replace("/", "-"), "--shard", part)
        assert made.returncode == 0, made.stderr
    merge = [sys.executable, "-P", "-m", "grader", "merge", str(tmp_path / "1-2")]
    subprocess.run([*merge, str(tmp_path / "2-2"), "--out", str(tmp_path / "parts")], check=True)
    env = tls(tmp_path)
    with cluster(2, env) as started:
        assert started.address.startswith("tls://")
        where = ("--executor", started.address)
        profile = tmp_path / "profile.json"
        there = grade(
            submissions, tmp_path / "there", *where, "--profile", str(profile), env=env
        )  # fmt: skip
        assert there.returncode == 0, there.stderr
        assert "2 machines or processes grade, isolation full" in there.stderr
        again = grade(submissions, tmp_path / "here", *where, env=env)
        assert again.stderr.count("(taken over)") == len(WHO), again.stderr
    told = json.loads(profile.read_text())
    assert {*PLAYED, "start", "waiting", "judge"} <= {*told["phases"]}
    assert sum(told["phases"][name]["wall"] for name in PLAYED) > 0
    assert {one["id"] for one in told["slowest"] if one["phases"].get("program")} == {*WHO}
    assert results(tmp_path / "there") == results(tmp_path / "here") == results(tmp_path / "parts")


def test_no_scheduler_is_the_hosts_fault_and_says_so(tmp_path: Path, submissions: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    soon = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "100ms"}
    where = f"dask://127.0.0.1:{port}"
    made = grade(submissions, tmp_path / "out", "--executor", where, env=soon)
    assert made.returncode == 3
    assert "no Dask scheduler answers" in made.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("dask-slurm", "is not local, dask://HOST:PORT or tls://HOST:PORT (docs/cluster.md"),
        ("dask://127.0.0.1:99999", "ports are numbers from 1 to 65535"),
    ],
)
def test_an_address_that_is_none_is_said(
    where: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["grade", ".", "--executor", where]) == 2
    assert said in capsys.readouterr().err


def test_tls_without_its_settings_is_told_before_anybody_is_called(
    tmp_path: Path, submissions: Path
) -> None:
    nothing = {"DASK_CONFIG": str(tmp_path / "none")}
    made = grade(submissions, tmp_path / "out", "--executor", "tls://127.0.0.1:1", env=nothing)
    assert made.returncode == 3
    assert "distributed.comm.tls.ca-file, distributed.comm.tls.client.cert" in made.stderr
    assert "docs/cluster.md" in made.stderr


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "dask://h:1: no worker yet; waiting for 10 minutes at most"),
        ("fr", "dask://h:1\u00a0: pas encore de travailleur\u00a0; attente de 10 minutes"),
    ],
)
def test_that_no_worker_has_come_yet_is_said(
    language: str,
    said: str,
    submissions: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Empty(Cluster):
        def _connect(self) -> Any:
            return SimpleNamespace(status="running", close=lambda timeout: None)

        def ask_all(
            self,
            isolation: str,
            interpreter: str | None,
            tell_alone: Callable[[int], None] = lambda minutes: None,
        ) -> Workers:
            tell_alone(10)
            raise HostError("has no worker")

    monkeypatch.setattr(connection, "Cluster", Empty)
    lab = graded_lab(submissions.parent / "lab")
    where = ["--executor", "dask://h:1", "--lab", str(lab), "--out", str(submissions.parent / "o")]
    assert app.main(["grade", str(submissions), *where, "--lang", language]) == 3
    told = capsys.readouterr().err
    assert said in told
    assert "dask worker tcp://h:1" in told
