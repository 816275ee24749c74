"""Groups of runs: one suite for the kernel's own and for a fake of it.

Where no group may be divided (cgroup v1, somebody else's group) the kernel's half is NOT RUN,
and where it gives no controllers its limits are not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent

import engine_tools as tools
import pytest
from cgroup_fake import FakeFiles

from grader import transcript as tr
from grader.lab.model import Limits
from grader.run import cgroup, groups, host
from grader.run.cgroup import Arranged, Files, KernelFiles, Place
from grader.run.engine import Engine

LIMITS = Limits()
_HAS_CHILD = """
import os, sys
os.fork()
os.write(1, b"x")
sys.stdin.read()
"""


@dataclass(frozen=True)
class Kernel:
    """A kernel's groups, and the one that this process is in."""

    files: Files
    base: str

    def arranged(self) -> Arranged:
        return Arranged(self.base, self.files)

    def members(self, folder: str) -> set[int]:
        return set(map(int, self.files.read(f"{folder}/cgroup.procs").split()))

    def ours(self) -> list[str]:
        return [x for x in self.files.below(self.base) if groups.owner_of(x) is not None]


@pytest.fixture(params=["fake", "real"])
def kernel(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    if request.param == "fake":
        fake = FakeFiles()
        yield Kernel(fake, fake.base)
        return
    outer = cgroup.arrange()
    if outer is None:
        pytest.skip("NOT RUN: no group of the kernel's (cgroup v2) may be divided here")
    # In a group that nobody else sweeps: others may be grading on this machine.
    files, inner = KernelFiles(), f"{outer.place.folder}/inner"
    files.make(inner)
    files.write(f"{inner}/cgroup.procs", str(os.getpid()))
    try:
        yield Kernel(files, inner)
    finally:
        files.write(f"{outer.place.folder}/{groups.US}/cgroup.procs", str(os.getpid()))
        files.remove(inner)
        outer.leave()


@contextmanager
def two_processes() -> Iterator[subprocess.Popen[bytes]]:
    """A process that will have a child as soon as it may go on."""
    code = f"import sys; sys.stdin.readline()\n{_HAS_CHILD}"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def go_on(process: subprocess.Popen[bytes]) -> None:
    """Until both are there."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert process.stdout.read(2) == b"xx"


# --- the suite ---------------------------------------------------------------------------


def test_we_move_out_of_the_way_and_back(kernel: Kernel) -> None:
    arranged = kernel.arranged()
    folder = arranged.place.folder
    assert os.getpid() in kernel.members(f"{folder}/{groups.US}")
    assert kernel.members(folder) == set()
    arranged.leave()
    assert os.getpid() in kernel.members(kernel.base)
    assert kernel.ours() == []
    arranged.leave()  # harmless


def test_a_run_has_a_group_that_is_ended_as_a_whole(kernel: Kernel) -> None:
    arranged = kernel.arranged()
    try:
        with two_processes() as process:
            group = arranged.place.run(process.pid, LIMITS)
            assert group is not None
            assert process.pid in kernel.members(group.folder)
            if isinstance(kernel.files, KernelFiles):
                go_on(process)
                assert len(kernel.members(group.folder)) == 2
            group.remove()  # somebody lives in it: it stays
            assert process.pid in kernel.members(group.folder)
            group.kill()
            assert process.wait() == -9
            assert process.stdout is not None
            assert process.stdout.read() == b""  # its child holds it no more, either
            kernel.files.settle(group.folder)
            group.remove()
            assert group.folder.rpartition("/")[2] not in kernel.files.below(arranged.place.folder)
            # All of it is harmless afterwards.
            group.kill()
            assert group.told() == groups.Told()
            assert group.cpu() == 0
    finally:
        arranged.leave()
    assert kernel.ours() == []


def test_a_run_has_the_limits_for_which_there_are_controllers(kernel: Kernel) -> None:
    arranged = kernel.arranged()
    try:
        controllers = arranged.place.controllers
        if groups.lacking(controllers) and isinstance(kernel.files, KernelFiles):
            pytest.skip(f"NOT RUN: this kernel gives no {' and no '.join(groups.WANTED)}")
        with two_processes() as process:
            group = arranged.place.run(process.pid, LIMITS)
            assert group is not None
            for name, value in groups.settings(LIMITS, controllers):
                assert kernel.files.read(f"{group.folder}/{name}").strip() == value
            group.kill()
    finally:
        arranged.leave()


def test_what_a_killed_one_left_is_swept(kernel: Kernel) -> None:
    with subprocess.Popen(["/bin/true"]) as dead:
        pass
    folder = f"{kernel.base}/{groups.OURS}{dead.pid}-1"
    run = f"{folder}/{groups.RUN}{dead.pid}-7"
    for made in (folder, f"{folder}/{groups.US}", run):
        kernel.files.make(made)
    with two_processes() as process:
        kernel.files.write(f"{run}/cgroup.procs", str(process.pid))
        arranged = kernel.arranged()
        assert process.wait() == -9
        assert kernel.ours() == [arranged.place.folder.rpartition("/")[2]]
        arranged.leave()
    assert kernel.ours() == []


def test_what_belongs_to_one_that_lives_stays(kernel: Kernel) -> None:
    first = kernel.arranged()
    cgroup.sweep(kernel.base, kernel.files)
    assert kernel.ours() == [first.place.folder.rpartition("/")[2]]
    first.leave()
    theirs = f"{kernel.base}/{groups.OURS}{2**22 + 1}-1"  # a number that no process has here
    kernel.files.make(theirs)
    kernel.files.make(f"{theirs}/{groups.US}")
    with two_processes() as process:
        kernel.files.write(f"{theirs}/{groups.US}/cgroup.procs", str(process.pid))
        cgroup.sweep(kernel.base, kernel.files)
        assert process.poll() is None
        assert len(kernel.ours()) == 1
    kernel.files.write(f"{theirs}/{groups.US}/cgroup.kill", "1")
    cgroup.sweep(kernel.base, kernel.files)
    assert kernel.ours() == []


def test_a_run_does_without_where_its_group_cannot_be_had(kernel: Kernel) -> None:
    arranged = kernel.arranged()
    place = arranged.place
    with subprocess.Popen(["/bin/true"]) as dead:
        pass
    if isinstance(kernel.files, KernelFiles):
        assert place.run(dead.pid, LIMITS) is None
        assert kernel.files.below(place.folder) == [groups.US]
    arranged.leave()
    assert place.run(os.getpid(), LIMITS) is None


# --- what only a fake can be -------------------------------------------------------------


def test_nothing_is_changed_in_a_group_that_is_not_ours() -> None:
    fake = FakeFiles(denied=True)
    with pytest.raises(PermissionError):
        Arranged(fake.base, fake)
    assert list(fake.nodes) == [fake.base]
    assert fake.nodes[fake.base].procs == {os.getpid()}


def test_beside_strangers_there_is_a_place_without_limits() -> None:
    """A group with processes gives no controllers on, and they are not ours to move."""
    fake = FakeFiles(1)
    arranged = Arranged(fake.base, fake)
    assert arranged.place.controllers == ()
    arranged.leave()
    assert fake.nodes[fake.base].procs == {1, os.getpid()}
    assert list(fake.nodes) == [fake.base]


def test_what_we_have_begun_moves_with_us() -> None:
    """Else it would be a stranger in the group, which could not be divided then."""
    fake = FakeFiles(7)
    arranged = Arranged(fake.base, fake, children=(7,))
    assert arranged.place.controllers == ("memory", "pids")
    assert fake.nodes[f"{arranged.place.folder}/{groups.US}"].procs == {7, os.getpid()}
    arranged.leave()
    assert fake.nodes[fake.base].procs == {7, os.getpid()}


def test_controllers_are_given_on_and_taken_back() -> None:
    fake = FakeFiles()
    arranged = Arranged(fake.base, fake, uid=65534)
    assert arranged.place.controllers == ("memory", "pids")
    assert fake.nodes[fake.base].enabled == {"memory", "pids"}
    assert fake.nodes[arranged.place.folder].owner == 65534
    assert Place(arranged.place.folder, fake).controllers == ("memory", "pids")
    arranged.leave()
    assert fake.nodes[fake.base].enabled == set()


def test_controllers_that_were_given_on_before_stay() -> None:
    fake = FakeFiles()
    fake.nodes[fake.base] = replace(fake.nodes[fake.base], enabled={"pids"})
    arranged = Arranged(fake.base, fake)
    arranged.leave()
    assert "pids" in fake.nodes[fake.base].enabled


def test_what_its_files_tell_is_told() -> None:
    fake = FakeFiles()
    arranged = Arranged(fake.base, fake)
    group = arranged.place.run(2**22 + 1, LIMITS)
    assert group is not None
    fake.nodes[group.folder].files |= {
        "cpu.stat": "usage_usec 1500\n", "memory.events": "oom 1\noom_kill 3\n",
        "pids.events": "max 2\n",
    }  # fmt: skip
    assert group.told() == groups.Told(cpu=1_500_000, killed=3, refused=2)
    assert group.cpu() == 1_500_000


def test_without_systemd_there_is_no_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert cgroup.scope() == []
    assert cgroup._try_scope() is None


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """A systemd-run that `does` this with `words`, the command that it is given."""
    made = folder / "systemd-run"
    made.write_text(
        f"#!{sys.executable}\nimport os, sys\nwords = sys.argv[sys.argv.index('--') + 1:]\n{does}\n"
    )
    made.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


GOES_ON = "os.execv(words[0], words)"


@pytest.mark.parametrize(
    ("does", "found"),
    [
        (GOES_ON, "as here"),
        ("sys.exit('no bus')", None),
        # A worker would not get its pipes, either.
        (f"os.closerange(3, 256)\n{GOES_ON}", None),
        ("os.write(int(words[-2]), b'hello')", None),
        ("os.write(int(words[-2]), b'null')", None),
        ('os.write(int(words[-2]), b\'["memory", "pids"]\')', ("memory", "pids")),
    ],
)
def test_a_scope_is_found_by_going_into_it(
    does: str, found: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, does)
    expected = cgroup.trial() if found == "as here" else found
    assert cgroup._try_scope() == expected


@pytest.mark.sandbox
def test_a_scope_that_is_refused_later_costs_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "sys.exit('too many')")
    with cgroup_engine("scope") as engine:
        played = tools.play(engine, *(tools.job("print(1)", key=key) for key in "ab"))
    assert [one.runs[0].transcript.stdout for one in played] == [b"1\n", b"1\n"]
    assert [one.faults for one in played] == [(), ()]


# --- a run in a group --------------------------------------------------------------------


@pytest.mark.sandbox
@pytest.mark.parametrize("route", ["own", "scope"])
def test_runs_have_groups_and_leave_none(
    route: groups.Route, kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For real, where the kernel lets us; a scope is stood in for by nothing at all."""
    if not isinstance(kernel.files, KernelFiles):
        return
    stand_in(tmp_path, monkeypatch, GOES_ON)
    made: list[str] = []
    with cgroup_engine(route) as engine:
        (warm,) = tools.play(engine, tools.job("print(open('/proc/self/cgroup').read())"))
        made.append(warm.runs[0].transcript.stdout.decode())
        assert kernel.ours()
        burns = """
            import signal
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            for _ in range(20):
                if os.fork() == 0:
                    end = time.process_time() + 0.02
                    while time.process_time() < end: pass
                    os._exit(0)
                try: os.waitpid(-1, 0)
                except ChildProcessError: pass
            """
        end = tools.run(engine, tools.job("import os, time\n" + dedent(burns))).end
    assert groups.RUN in made[0]
    assert (end.outcome, end.cpu > 4e8) == ("completed", True)
    with suppress(OSError):
        cgroup.sweep(kernel.base, kernel.files)
    assert kernel.ours() == []


@contextmanager
def cgroup_engine(route: groups.Route) -> Iterator[Engine]:
    with Engine(replace(tools.options("full"), groups=route)) as engine:
        yield engine


@pytest.mark.sandbox
def test_a_worker_without_the_place_that_it_was_told_of_does_without() -> None:
    options = replace(tools.options("full"), place="/sys/fs/cgroup/nowhere")
    with Engine(options) as engine:
        transcript = tools.run(engine, tools.job("print(1)"))
    assert transcript.stdout == b"1\n"
    assert isinstance(transcript.end, tr.Ended)


def test_the_machine_is_told_of_by_trying() -> None:
    route, controllers = cgroup.tried()
    assert (route == "") == (cgroup._try_own() is None and cgroup._try_scope() is None)
    fact = host._groups(route, controllers)
    assert fact.ok == (not groups.lacking(controllers))
    assert fact.state in ("on", "weaker")
