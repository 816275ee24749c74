"""`wiregrade check`: what it asks for, shows, and how it ends."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self
from xml.etree import ElementTree as ET

import pytest
from batch_tools import judge, source, submission
from certified import CERTIFIED, UNCERTIFIED
from engine_tools import bwrap
from export_rules import gradescope
from namespaces import missing

import grader
from grader.cli import app, check, checked
from grader.intake import texts
from grader.judge.model import Programs, Status
from grader.run.jobs import EngineOptions, Job, Played

SAMPLES = Path(grader.__file__).parent.parent / "submissions"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of a student who forgot nothing but one recv()."""
    folder = tmp_path / "tp9"
    shutil.copytree(SAMPLES / "faute_un_seul_recv", folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return folder


@pytest.mark.sandbox
def test_calls_come_before_the_text_and_change_nothing_of_it(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    if shutil.which("strace") is None:
        missing("strace is not installed")
    asked = ["check", "--lang", "en", "--only", "server.print2"]
    assert app.main(asked) == 1
    without = capsys.readouterr().out
    assert app.main([*asked, "--trace", "--html", "report.html"]) == 1
    out = capsys.readouterr().out
    assert out.endswith(without)
    calls = out.removesuffix(without)
    assert calls.count("Your program’s calls  serveur.py (server-") == 2
    assert "recv(1024) → 66 bytes" in calls
    assert "Your program’s calls" in (mine / "report.html").read_text()


@pytest.mark.sandbox
def test_without_strace_it_says_so_once_and_goes_on(
    mine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bwrap()
    real = shutil.which

    def which(name: str, *given: object, **named: object) -> str | None:
        return None if name == "strace" else real(name, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr("grader.cli.running.shutil.which", which)
    assert app.main(["check", "--lang", "fr", "--only", "server.print2", "--trace"]) == 1
    told = capsys.readouterr()
    assert told.err.count("--trace") == 1
    assert "strace is not installed" in told.err
    assert "0/2" in told.out.splitlines()[-1]


@pytest.mark.sandbox
def test_text_says_what_fails_and_why(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    assert app.main(["check", "--lang", "en", "--html", "report.html"]) == 1
    out = capsys.readouterr().out
    assert "✗ Print the second message received" in out
    assert "✓ Listen on port 65432" in out
    assert "17/20" in out.splitlines()[-1]
    assert "\x1b" not in out
    page = (mine / "report.html").read_text()
    assert '<html lang="en"' in page
    assert "</html>" in page


@pytest.mark.sandbox
def test_one_program_is_asked_for_its_role_only(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    (mine / "serveur.py").unlink()
    assert app.main(["check", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {c["id"].split(".")[0] for c in document["criteria"]} == {"client"}
    assert (document["score"], document["max_score"]) == (10, 10)


@pytest.mark.sandbox
def test_a_role_that_is_asked_for_and_missing_fails(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mine / "serveur.py").unlink()
    assert app.main(["check", "--role", "server", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert {c["status"] for c in document["criteria"]} == {"fail"}
    assert [d["id"] for d in document["diagnoses"]] == ["missing-file"]


@pytest.mark.sandbox
def test_only_one_criterion(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    assert app.main(["check", "--only", "server.print1", "--format", "junit"]) == 0
    root = ET.fromstring(capsys.readouterr().out)
    assert [case.get("name", "").split(":")[0] for case in root.iter("testcase")] == [
        "server.print1"
    ]


@pytest.mark.sandbox
def test_gradescope_takes_what_is_printed(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    assert app.main(["check", "--only", "server.print2", "--format", "gradescope"]) == 1
    assert gradescope(json.loads(capsys.readouterr().out)) == 0


@pytest.mark.sandbox
def test_github_has_annotations_and_a_summary(
    mine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bwrap()
    summary = mine.parent / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(mine.parent))
    assert app.main(["check", "--format", "github", "--only", "server.print2"]) == 1
    assert "::error file=tp9/serveur.py" in capsys.readouterr().out
    assert summary.read_text().startswith("before\n# ")


def test_ids_that_nobody_knows(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["check", "--only", "server.prnt2", "--lang", "en"]) == 2
    assert "did you mean server.print2" in capsys.readouterr().err


def test_ids_of_the_other_role(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["check", "client.py", "--only", "server.print2", "--lang", "en"]) == 2
    assert "not about this program" in capsys.readouterr().err


def test_a_path_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["check", "/nowhere/at/all", "--lang", "en"]) == 2
    assert "doesn't exist" in capsys.readouterr().err


def test_a_taken_port_is_named_with_its_holder(
    mine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        lab = replace(source().lab, port=taken.getsockname()[1])
        monkeypatch.setattr(check, "open_lab", lambda *given: replace(source(), lab=lab))
        assert app.main(["check", "--isolation", "none", "--lang", "en"]) == 3
    err = capsys.readouterr().err
    assert f"port {lab.port} is taken" in err
    assert "pid" in err


def test_roles_that_are_asked_for() -> None:
    server = submission("a")
    nothing = submission("a", server=None)
    both = replace(server, programs=Programs(server="s.py", client="c.py"))
    assert check.asked_for(server, None) == ("server",)
    assert check.asked_for(server, "client") == ("client",)
    assert check.asked_for(both, None) == ("server", "client")
    assert check.asked_for(nothing, None) == ("server", "client")


def test_the_status_blames_the_right_one() -> None:
    grade = judge(source().lab, submission("a"), "", [])
    passed = tuple(replace(j, status=Status.PASS) for j in grade.criteria)
    half = (replace(passed[0], status=Status.PARTIAL), *passed[1:])
    assert checked.status_of(grade) == 3
    assert checked.status_of(replace(grade, criteria=passed)) == 0
    assert checked.status_of(replace(grade, criteria=half)) == 1
    broken = replace(grade, criteria=passed, problem=texts.problem("broken-archive"))
    assert checked.status_of(broken) == 1
    unreadable = replace(grade, criteria=passed, problem=texts.problem("unreadable"))
    assert checked.status_of(unreadable) == 3
    # A verdict that differs between repeats is ours, whatever it counts as.
    right = replace(grade, criteria=passed)
    assert checked.status_of(replace(right, certification=CERTIFIED)) == 0
    assert checked.status_of(replace(right, certification=UNCERTIFIED)) == 3


class NoEngine:
    """Plays nothing; notes which scenarios it was asked for."""

    asked: ClassVar[list[str]] = []

    def __init__(self, options: EngineOptions, meanwhile: Callable[[], None]) -> None:
        self.asked.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *arguments: object) -> None:
        pass

    def dismiss(self) -> None:
        pass

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        self.asked.extend(scenario.id for job in jobs for scenario in job.scenarios)
        return iter(())


def test_a_sweep_is_played_if_it_is_asked_for_or_named(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bwrap()
    monkeypatch.setattr(check, "Engine", NoEngine)
    app.main(["check"])
    assert "client-split" in NoEngine.asked
    assert "client-split-every" not in NoEngine.asked
    app.main(["check", "--sweep"])
    assert {"client-split-every", "server-split-every"} < {*NoEngine.asked}
    app.main(["check", "--only", "client-split-every"])
    assert NoEngine.asked == ["client-split-every"]


def test_where_annotations_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "repo" / "lab"
    inside.mkdir(parents=True)
    (inside / "client.py").write_text("")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repo"))
    assert checked.in_repository(inside) == "lab"
    assert checked.in_repository(inside / "client.py") == "lab"
    assert checked.in_repository(tmp_path / "repo") == ""
    assert checked.in_repository(tmp_path) == ""


def test_a_page_is_not_written_through_a_link(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rc").write_text("precious")
    (mine / "report.html").symlink_to(tmp_path / "rc")
    asked = ["check", "--lang", "en", "--only", "server.listen", "--html", "report.html"]
    assert app.main(asked) == 2
    assert "is a link" in capsys.readouterr().err
    assert (tmp_path / "rc").read_text() == "precious"
