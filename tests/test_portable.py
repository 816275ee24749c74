"""What runs where less can be had; then `check` as a whole, with all of that taken away."""

from __future__ import annotations

import errno
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import engine_tools as tools
import psutil
import pytest
from other_system import ROOT, as_on
from process_tools import is_over
from samples import load_sample

from grader import transcript as tr
from grader.cli import trouble
from grader.judge.checks import check
from grader.judge.model import Status
from grader.lab.languages import KNOWN
from grader.lab.model import Limits
from grader.run import console, ending, engine, engines, ports, sharedport
from grader.run.alone import Alone
from grader.run.bridge import Bridge
from grader.run.errors import HostError
from grader.run.family import MARK, Family
from grader.run.interpreter import inspect
from grader.run.jobs import EngineOptions
from grader.run.portable import PortableProgram, status_of
from grader.run.recorder import Recorder
from grader.run.started import Started, WaitStatus
from grader.submission import SourceFile
from reference.endpoint import PortTakenError


def until_readable(fd: int) -> None:
    assert select.select([fd], [], [], 30)[0]


def all_of(bridge: Bridge) -> bytes:
    out = b""
    ended = False
    while not ended:
        until_readable(bridge.fd)
        data, ended = bridge.read(1 << 16)
        out += data
    return out


# --- the parts ---------------------------------------------------------------------------


def test_a_bridge_carries_everything_and_the_end() -> None:
    bridge = Bridge()
    read, write = os.pipe()
    bridge.carry(os.fdopen(read, "rb"))
    assert bridge.read(10) == (b"", False)
    text = os.urandom(200_000)
    with os.fdopen(write, "wb") as pipe:
        pipe.write(text[:10])
        pipe.flush()
        until_readable(bridge.fd)
        first, ended = bridge.read(4)
        assert (first, ended) == (text[:4], False)
        # More than the buffers hold: it is taken as it is read.
        pid = os.fork()
        if pid == 0:
            os.write(write, text[10:])
            os._exit(0)
    assert first + all_of(bridge) == text
    os.waitpid(pid, 0)
    bridge.close()


def test_a_bridge_without_a_pipe_has_an_end() -> None:
    bridge = Bridge()
    bridge.end()
    assert bridge.read(10) == (b"", True)
    bridge.close()


def test_the_end_of_a_process_as_subprocess_tells_it() -> None:
    assert status_of(0) == WaitStatus(0, None)
    assert status_of(3) == WaitStatus(3, None)
    assert status_of(-6) == WaitStatus(None, "SIGABRT")
    assert status_of(0xC0000005) == WaitStatus(None, "0xC0000005")


def test_who_is_of_a_family_stays_so_when_orphaned() -> None:
    """The child ends after its own child has started: psutil alone would know it no more."""
    # CPU time is told in ticks of 10 ms: a program that uses less may have used none.
    script = (
        "import os, subprocess, sys; p = subprocess.Popen(['sleep', '1000'])\n"
        "while sum(os.times()[:2]) < 0.05: pass\n"
        "print(p.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        sleeper = psutil.Process(int(first.stdout.readline()))
        family = Family(first.pid)
        used = family.usage()
        assert used.tasks >= 2
        assert used.memory > 1 << 20
        assert used.cpu > 0
        first.kill()
        first.wait()
        assert sleeper.is_running()
        family.kill_others()
        assert is_over(sleeper.pid)
        assert family.usage().cpu >= used.cpu


def test_a_daemon_that_nobody_saw_being_born_is_known_by_its_mark() -> None:
    """Its parent has ended, and it has a session of its own: nothing else leads to it."""
    script = (
        "import os\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        "    print(os.getpid(), flush=True)\n"
        "    os.read(0, 1)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, MARK: "ours"},
    ) as first:  # fmt: skip
        assert first.stdout is not None
        daemon = psutil.Process(int(first.stdout.readline()))
        first.wait()
        Family(first.pid, "another's").kill_others()
        assert daemon.is_running()
        Family(first.pid, "ours").kill_others()
        assert is_over(daemon.pid)


def test_nobody_is_the_family_of_one_that_is_gone() -> None:
    done = subprocess.Popen(["/bin/true"])
    done.wait()
    family = Family(done.pid)
    assert family.usage().cpu == 0
    family.kill_others()


def test_where_a_family_listens() -> None:
    """Its grandchild, too; what takes IPv4 on :: is not told, but seen from what is beside."""
    script = (
        "import os, socket, sys\n"
        "a = socket.create_server(('127.0.0.1', 0))\n"
        "b = socket.create_server(('::', a.getsockname()[1]), family=socket.AF_INET6)\n"
        "if not os.fork():\n"
        "    c = socket.create_server(('::', 0), family=socket.AF_INET6)\n"
        "    print(a.getsockname()[1], c.getsockname()[1], flush=True)\n"
        "    os.read(0, 1)\n"
        "else:\n"
        "    os.wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        first, second = map(int, process.stdout.readline().split())
        found = [(x.address, x.port, x.protocol, x.v6only) for x in Family(process.pid).listeners()]
        assert sorted(found) == sorted(
            [
                ("127.0.0.1", first, "tcp", False),
                ("::", first, "tcp6", True),
                ("::", second, "tcp6", False),
            ]
        )
        process.communicate(b"x")


def test_whether_a_server_can_have_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTakenError):
            sharedport.can_bind(port)
        # Nor where the system does not tell whose it is.
        monkeypatch.setattr(ports, "holder", lambda port: None)
        with pytest.raises(PortTakenError):
            sharedport.can_bind(port)
    assert sharedport.can_bind(port)
    monkeypatch.setattr(sharedport, "_PATIENCE_S", 0.05)
    with socket.create_server(("", 0), backlog=0) as server:
        # It accepts nobody, and its backlog is full: whoever comes hears nothing.
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), pytest.raises(PortTakenError):
            sharedport.can_bind(port)
    # What a server leaves that closes first, and had not asked for SO_REUSEADDR.
    with socket.socket() as listening:
        listening.bind(("", 0))
        listening.listen()
        port = listening.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        listening.accept()[0].close()
    with client:
        assert client.recv(1) == b""
    assert not sharedport.can_bind(port)
    looks = iter([False, True])
    sharedport.await_free(lambda: next(looks))
    assert next(looks, None) is None
    assert sharedport.taken().errno == errno.EADDRINUSE


def test_the_engine_of_this_system() -> None:
    assert engines.Engine is engine.Engine


# --- one program -------------------------------------------------------------------------


@pytest.fixture(params=["pipes", "screen"])
def terminal(request: pytest.FixtureRequest) -> console.Console:
    return console.Pipes() if request.param == "pipes" else console.Screen()


def started(source: str, terminal: console.Console) -> PortableProgram:
    files = (SourceFile(path="in/prog.py", data=source.encode()),)
    return PortableProgram(inspect(tools.python()), files, "in/prog.py", Limits(), terminal)


def output(program: Started, fd: int) -> bytes:
    out = b""
    ended = False
    while not ended:
        until_readable(fd)
        data, ended = program.read(fd, 1 << 16)
        out += data
    return out


def test_a_program_from_its_start_to_its_end(terminal: console.Console) -> None:
    source = (
        "import os, sys; print('é', os.getcwd()); print('told', file=sys.stderr);"
        "print(input()); os._exit(3)"
    )
    program = started(source, terminal)
    folder = Path(program.folder)
    assert not program.ended()
    program.release()
    until_readable(program.terminal.master)
    first = program.read(program.terminal.master, 1)[0]
    program.terminal.type(b"typed\n")
    said = first + output(program, program.terminal.master)
    # Nothing held back is lost by os._exit.
    assert said.decode() == f"é {folder}/in\ntyped\n"
    assert output(program, program.stderr) == b"told\n"
    until_readable(program.pidfd)
    assert program.ended()
    assert program.status == WaitStatus(3, None)
    assert program.disk().files >= 2
    assert not program.ran_out_of_memory()
    program.close()
    program.close()
    assert not folder.exists()


def test_one_that_stands_still_tells_where(terminal: console.Console) -> None:
    program = started("import time\nprint('here'); time.sleep(1000)\n", terminal)
    program.release()
    until_readable(program.terminal.master)
    program.abort()
    until_readable(program.pidfd)
    assert b'prog.py", line 2' in output(program, program.stderr)
    assert program.ended()
    assert program.status == WaitStatus(None, "SIGABRT")
    program.close()


def test_everything_that_it_started_goes_with_it(terminal: console.Console) -> None:
    source = (
        "import subprocess, time; p = subprocess.Popen(['sleep', '1000'], start_new_session=True);"
        "print(p.pid); time.sleep(1000)"
    )
    program = started(source, terminal)
    program.release()
    until_readable(program.terminal.master)
    sleeper = int(program.read(program.terminal.master, 100)[0])
    assert program.usage().tasks >= 2
    program.kill()
    assert is_over(sleeper)
    program.close()


def test_one_that_was_never_released_leaves_nothing(terminal: console.Console) -> None:
    program = started("", terminal)
    program.abort()
    assert program.usage().cpu == 0
    program.close()
    assert not Path(program.folder).exists()


def test_one_that_cannot_be_started_is_no_fault_of_its_author(terminal: console.Console) -> None:
    program = started("", terminal)
    shutil.rmtree(program.folder)
    with pytest.raises(HostError, match="could not be started"):
        program.release()
    program.close()


# --- whole runs --------------------------------------------------------------------------


@pytest.fixture
def alone() -> Iterator[Alone]:
    options = EngineOptions(isolation="none", python=tools.python(), bwrap=None)
    with Alone(options) as made:
        yield made


def test_a_job_in_this_process(alone: Alone) -> None:
    source = """
        import socket
        c = socket.create_connection(("localhost", PORT))
        print(c.recv(1024).decode())
        c.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
        c.sendall("Serveur 65432, je vous dis au revoir".encode())
        c.close()
        """
    lab = tools.lab_for("none")
    (played,) = alone.play([tools.job(source, "client-nominal", lab=lab)])
    (run,) = played.runs
    assert run.end.outcome == "completed", tools.summary(run.transcript)
    assert run.header.facts == "paced"
    assert run.header.isolation == "none"
    assert any(isinstance(entry, tr.Stdout) for entry in run.transcript.entries)
    assert (
        alone.not_run(tools.job(source, "client-nominal", lab=lab), "x").runs[0].end.problem == "x"
    )


SERVES = """
    import socket
    s = socket.socket()
    s.bind((ADDRESS, PORT))
    s.listen()
    c = s.accept()[0]
    c.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    for _ in range(2):
        print(c.recv(1024).decode(), flush=True)
    c.close()
    """


@pytest.mark.parametrize(("address", "status"), [("", Status.PASS), ("localhost", Status.FAIL)])
def test_where_a_server_listens_is_seen_as_far_as_the_system_tells(
    alone: Alone, address: str, status: Status
) -> None:
    source = SERVES.replace("ADDRESS", repr(address))
    job = tools.job(source, "server-nominal", lab=tools.lab_for("none"))
    (played,) = alone.play([job])
    transcript = played.runs[0].transcript
    listeners = tools.entries(transcript, tr.Listener)
    assert [(one.port, one.assumed) for one in listeners] == [(job.lab.port, False)]
    bound = next(
        finding for finding in check(transcript, job.lab, job.scenarios[0])
        if finding.criterion == "server.any"
    )  # fmt: skip
    assert bound.status is status


def test_a_server_on_another_port_is_told_so_as_far_as_the_system_tells(alone: Alone) -> None:
    lab = tools.with_limits(tools.lab_for("none"), wall=6.0)
    source = SERVES.replace("ADDRESS, PORT", "'', 0").replace("s.listen", "print(1); s.listen")
    (played,) = alone.play([tools.job(source, "server-nominal", lab=lab)])
    transcript = played.runs[0].transcript
    (listener,) = tools.entries(transcript, tr.Listener)
    assert listener.port not in (0, lab.port)
    first = next(
        f for f in check(transcript, lab, lab.scenarios[0]) if f.criterion == "server.listen"
    )
    assert str(listener.port) in first.what.in_language("en")


@pytest.mark.parametrize(
    ("outcome", "missed", "told"),
    [
        ("stuck", False, "not_run"),
        ("timeout", True, "not_run"),
        ("completed", True, "not_run"),
        ("completed", False, "completed"),
        ("limit", True, "limit"),
    ],
)
def test_nothing_is_held_against_a_program_by_a_machine_that_was_too_busy(
    outcome: str, missed: bool, told: str
) -> None:
    """What was done, and limits that it reached, count."""
    recorder = Recorder()
    recorder.entries += [
        tr.Step(t=0, index=0, status="missed" if missed else "done", reason=""),
        tr.Ended(t=1, outcome=outcome, limit="x"),
    ]
    before = tuple(recorder.entries)
    ending.doubt(recorder, "")
    assert tuple(recorder.entries) == before
    ending.doubt(recorder, "too busy")
    ended = recorder.entries[-1]
    assert isinstance(ended, tr.Ended)
    assert ended.outcome == told
    assert ended.problem == ("too busy" if told == "not_run" else "")


def test_a_program_that_is_not_python_is_not_run(alone: Alone) -> None:
    """That nothing here plays it is no mistake of its author."""
    lab = replace(tools.tp09(), languages=(KNOWN["python"], KNOWN["c"]))
    job = replace(tools.job("int main", "client-nominal", lab=lab), program="client.c")
    (run,) = next(iter(alone.play([job]))).runs
    assert run.end.outcome == "not_run"
    assert run.end.problem.startswith("C programs are played on Linux only")


def test_isolation_full_is_refused() -> None:
    options = EngineOptions(isolation="full", python=tools.python(), bwrap="/usr/bin/bwrap")
    with pytest.raises(HostError, match="needs Linux"):
        next(iter(Alone(options).play([])))


# --- with all of it taken away -----------------------------------------------------------

SAID = f"{trouble._ELSEWHERE[0]}\n{trouble._PACED[0]}\n"


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("system", "sample", "scenarios"),
    [
        ("win32", "juste_enonce", ["server-nominal", "client-nominal"]),
        ("win32", "juste_clavier", ["client-nominal"]),
        ("win32", "faute_messages_inverses", ["client-nominal"]),
        ("darwin", "juste_enonce", ["server-nominal", "client-nominal"]),
    ],
)
def test_check_as_on(system: str, sample: str, scenarios: list[str], tmp_path: Path) -> None:
    """What a sample is to get is got, criterion by criterion; deliveries are not guaranteed."""
    only = [word for scenario in scenarios for word in ("--only", scenario)]
    folder = ROOT / "submissions" / sample
    command = as_on(system, "check", str(folder), "--format", "json", *only, temporary=tmp_path)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == SAID
    document = json.loads(done.stdout)
    told = {one["id"]: one["status"] for one in document["criteria"]}
    expected = load_sample(folder).criteria
    assert told == {name: expected[name] for name in told}
    assert {name.partition(".")[0] for name in told} == {x.partition("-")[0] for x in scenarios}
    right = set(told.values()) == {"pass"}
    assert done.returncode == (0 if right else 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sandbox
@pytest.mark.parametrize(("system", "told"), [("win32", True), ("darwin", False)])
def test_a_daemon_that_stays_costs_no_points(system: str, told: bool, tmp_path: Path) -> None:
    """Found, it is ended; else the port is its own, and what needs it was not run."""
    folder = ROOT / "submissions" / "juste_demon"
    only = ("--only", "server-nominal", "--only", "client-nominal")
    command = as_on(
        system, "check", str(folder), "--format", "json", *only, temporary=tmp_path, told=told
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    document = json.loads(done.stdout)
    of_client = {one["status"] for one in document["criteria"] if one["id"].startswith("client.")}
    of_server = {one["status"] for one in document["criteria"] if one["id"].startswith("server.")}
    assert of_server == {"pass"}
    assert of_client == ({"pass"} if told else {"not_run"})
    assert document["score"] == document["max_score"]
    assert done.returncode == (0 if told else 3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sandbox
@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_ctrl_c_ends_it_clean(system: str, tmp_path: Path) -> None:
    submission, temporary = tmp_path / "mine", tmp_path / "temporary"
    for folder in (submission, temporary):
        folder.mkdir()
    (submission / "serveur.py").write_text(
        f"open({str(tmp_path / 'runs')!r}, 'w').close()\nimport time\ntime.sleep(1000)\n"
    )
    command = as_on(system, "check", str(submission), "--role", "server", temporary=temporary)
    # The harness leads its group, as at a keyboard: bubblewrap, its init and it get Ctrl-C.
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "runs").exists() and time.monotonic() < deadline:
            select.select([], [], [], 0.01)
        harness = next(
            one for one in psutil.Process(process.pid).children(recursive=True)
            if "other_system.py" in " ".join(one.cmdline()) and "bwrap" not in one.name()
        )  # fmt: skip
        harness.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []
