"""`wiregrade doctor`, and what it stands on: facts found by trying."""

from __future__ import annotations

import pytest

from grader.cli import app, doctor, running
from grader.run import host
from grader.run.host import Fact, HostReport

GOOD = HostReport(
    facts=(Fact(name="python", ok=True, detail="/usr/bin/python3"),),
    python="/usr/bin/python3", version="3.11.2", bwrap="/usr/bin/bwrap",
)  # fmt: skip
WEAK = HostReport(
    facts=(
        Fact(name="system calls", ok=False, detail="not filtered", needed=False,
             mend="sudo apt install libseccomp2"),
        Fact(name="user", ok=False, detail="root", needed=False),
    ),
    python="/usr/bin/python3", version="3.11.2", bwrap="/usr/bin/bwrap",
)  # fmt: skip
BAD = HostReport(
    facts=(Fact(name="network", ok=False, detail="EPERM\x1b[31m", mend="sudo sysctl -w x=0"),),
    python="/usr/bin/python3", version="3.11.2", bwrap=None,
)  # fmt: skip


@pytest.mark.parametrize(("report", "status"), [(GOOD, 0), (WEAK, 0), (BAD, 3)])
def test_the_status(report: HostReport, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "probe", lambda python: report)
    monkeypatch.setattr(doctor, "why_not_warm", lambda report: "")
    assert app.main(["doctor"]) == status


def test_everything_is_there() -> None:
    text = doctor.table(GOOD, colour=False)
    assert "✓ on      python" in text
    assert text.splitlines()[-1].startswith("Everything is there")


def test_why_nothing_is_started_warm_is_told() -> None:
    assert "✓ used" in doctor.warm_starts("")
    told = doctor.warm_starts("no bell\x07")
    assert "✗ not used: no bell" in told
    assert "\x07" not in told
    assert host.why_not_warm(BAD) == "it needs isolation full"


def test_what_is_weaker_has_its_own_command() -> None:
    text = doctor.table(WEAK, colour=False)
    assert "~ weaker  system calls" in text
    assert "~ weaker  user" in text
    assert text.splitlines()[-2:] == [
        "    system calls: sudo apt install libseccomp2",
        "    user: no command mends that here",
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_weaker_is_one_line_when_grading(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    running.say_weaker(GOOD, "full", language)
    running.say_weaker(WEAK, "none", language)
    assert capsys.readouterr() == ("", "")
    running.say_weaker(WEAK, "full", language)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert ("root" in told.err, "doctor" in told.err) == (True, True)


def test_what_is_missing_has_the_one_command_that_mends_it() -> None:
    text = doctor.table(BAD, colour=False)
    assert "✗ off     network" in text
    assert "    sudo sysctl -w x=0" in text.splitlines()
    assert "\x1b" not in text
    assert "\x1b[31m✗\x1b[0m" in doctor.table(BAD, colour=True)


def test_other_languages_are_told_with_what_lacks() -> None:
    text = doctor.languages(
        [
            ("C", True, "gcc 12"),
            ("Go", False, "Go: go is not installed here (apt install x)\x1b[0m"),
        ]
    )
    assert "✓ C   gcc 12" in text
    assert "✗ Go  Go: go is not installed here" in text
    assert "\x1b" not in text
