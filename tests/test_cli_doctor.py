"""`wiregrade doctor`, and what it stands on: facts found by trying."""

from __future__ import annotations

import pytest

from grader.cli import app, doctor
from grader.run.host import Fact, HostReport

GOOD = HostReport(
    facts=(Fact(name="python", ok=True, detail="/usr/bin/python3"),
           Fact(name="cgroup v2", ok=False, detail="not delegated", needed=False)),
    python="/usr/bin/python3", version="3.11.2", bwrap="/usr/bin/bwrap",
)  # fmt: skip
BAD = HostReport(
    facts=(Fact(name="network", ok=False, detail="EPERM\x1b[31m", mend="sudo sysctl -w x=0"),),
    python="/usr/bin/python3", version="3.11.2", bwrap=None,
)  # fmt: skip


@pytest.mark.parametrize(("report", "status"), [(GOOD, 0), (BAD, 3)])
def test_the_status(report: HostReport, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "probe", lambda python: report)
    assert app.main(["doctor"]) == status


def test_everything_is_there() -> None:
    text = doctor.table(GOOD, colour=False)
    assert "✓ python" in text
    assert "· cgroup v2" in text
    assert "isolation full" in text.splitlines()[-1]


def test_what_is_missing_has_the_one_command_that_mends_it() -> None:
    text = doctor.table(BAD, colour=False)
    assert "✗ network" in text
    assert "    sudo sysctl -w x=0" in text.splitlines()
    assert "\x1b" not in text
    assert "\x1b[31m✗\x1b[0m" in doctor.table(BAD, colour=True)
