"""Warm starts: nothing of one is to be seen, and nothing of one run comes to the next.

Here are all the programs of `warm_programs.py`, and those that attack; samples are compared by
`tests/soak/warm_equals_cold.py`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import engine_tools as tools
import pytest
from warm_programs import BEHAVIOURS, helpers_of

from grader import transcript as tr
from grader.lab.model import ExpectFile
from grader.run import trying, warm, warmable, zygote
from grader.run.engine import Engine
from grader.run.errors import HostError
from grader.run.interpreter import Interpreter, inspect
from grader.run.jobs import COLD, Job, Warmth
from grader.run.program import Program
from grader.submission import SourceFile

NEEDS_SANDBOX = pytest.mark.sandbox


@pytest.fixture(scope="module")
def warm_engine() -> Iterator[Engine]:
    """Starts every program warm, also one that looks for it."""
    with Engine(replace(tools.options("full"), warm="forced")) as started:
        yield started


def runs(engine: Engine, one: Job) -> list[tr.Transcript]:
    """Its runs, in order."""
    (played,) = tools.play(engine, one)
    return [run.transcript for run in played.runs]


def was_warm(transcript: tr.Transcript) -> bool:
    """How it was started, by its own word."""
    return all(x.warm for x in tools.entries(transcript, tr.Started))


def told(transcript: tr.Transcript) -> tuple[object, ...]:
    """All that a program can show; addresses are drawn anew by the kernel for every start."""
    end = transcript.end
    said = [re.sub(rb"0x[0-9a-f]+", b"0x", x) for x in (transcript.stdout, transcript.stderr)]
    # One that is ended by a limit stands wherever it was when that was seen.
    stands = end.outcome != "limit"
    lines = [x.frames for x in tools.entries(transcript, tr.Position) if stands]
    return (end.outcome, end.status, end.signal, end.limit, lines, *said)


# --- nothing is to be seen ---------------------------------------------------------------


@NEEDS_SANDBOX
def test_the_state_of_a_program_is_that_of_a_cold_start(
    full_engine: Engine, warm_engine: Engine
) -> None:
    one = tools.job(BEHAVIOURS["state"].encode(), certify=2)
    (cold, _), warmed = runs(full_engine, one), runs(warm_engine, one)
    assert not was_warm(cold)
    assert all(map(was_warm, warmed))
    assert json.loads(cold.stdout)["ids"][0] == 2, tools.summary(cold)
    for transcript in warmed:
        assert json.loads(transcript.stdout) == json.loads(cold.stdout)


def behaviour(name: str) -> Job:
    """A program that looks for how it was started."""
    files = tuple(SourceFile(path=p, data=x.encode()) for p, x in helpers_of(name).items())
    # This one is busy until its time is over: the less it has, the better.
    lab = tools.with_limits(tools.tp09(), wall=3.0, promised=3.0) if name in TO_THE_LIMIT else None
    return tools.job(BEHAVIOURS[name].encode(), files=files, key=name, lab=lab)


TO_THE_LIMIT = {"many-processes"}
Behaved = dict[str, tuple[tr.Transcript, tr.Transcript]]


@pytest.fixture(scope="module")
def behaved() -> Behaved:
    """All of them, cold and warm: most of the time they wait, so several at a time."""
    ways: list[dict[str, tr.Transcript]] = []
    for warmth in ("never", "forced"):
        with Engine(replace(tools.options("full", jobs=4), warm=warmth)) as engine:
            played = tools.play(engine, *map(behaviour, BEHAVIOURS))
        ways.append({one.key: one.runs[0].transcript for one in played})
    return {name: (ways[0][name], ways[1][name]) for name in BEHAVIOURS}


@NEEDS_SANDBOX
@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_program_does_what_it_does_when_it_starts_cold(
    behaved: Behaved, full_engine: Engine, warm_engine: Engine, name: str
) -> None:
    cold, warmed = behaved[name]
    assert not was_warm(cold)
    assert was_warm(warmed)
    if told(cold) != told(warmed):  # threads that print, on a machine with much else to do
        (cold,), (warmed,) = (runs(x, behaviour(name)) for x in (full_engine, warm_engine))
    assert told(cold) == told(warmed)


SOAKED = Path(__file__).resolve().parent / "soak" / "results"


@pytest.mark.parametrize("name", sorted(x.name for x in SOAKED.glob("warm_equals_cold*.json")))
def test_the_page_says_how_much_was_compared(name: str) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "warm-start.md").read_text("utf-8")
    assert f"for {len(BEHAVIOURS)} programs" in page
    (row,) = (line.split("|") for line in page.splitlines() if f"`{name}`:" in line)
    result = json.loads((SOAKED / name).read_bytes())
    counts = result["compared"]
    if isinstance(counts, int):  # an old one, which did not count samples
        counts = {"values": counts, "runs": result["runs"]}
    samples = counts.get("submissions")
    of_all = f"{samples} of {samples + result['submissions_left']}" if samples else "not counted"
    figures = [of_all, counts["runs"], counts["values"], len(result["differing"])]
    assert [cell.strip() for cell in row[2:-1]] == [*map(str, figures)]


@NEEDS_SANDBOX
def test_what_is_drawn_at_random_is_drawn_anew(warm_engine: Engine) -> None:
    source = """
        import socket
        import os, random, tempfile, uuid
        print(random.random(), uuid.uuid4(), os.urandom(4), tempfile.mktemp())
        """
    first, second = runs(warm_engine, tools.job(source, certify=2))
    assert was_warm(second)
    assert not set(first.stdout.split()) & set(second.stdout.split())


@NEEDS_SANDBOX
def test_what_a_program_leaves_in_its_folder_is_found(
    full_engine: Engine, warm_engine: Engine
) -> None:
    names = ("note", "deep/note", "prog.py", "none")
    scenario = replace(tools.ALONE, expect=tuple(ExpectFile(name=name) for name in names))
    source = """
        import socket
        import os
        os.mkdir('deep')
        for name in ('note', 'deep/note'): open(name, 'w').write(name)
        """
    one = tools.job(source, scenario)
    (cold,), (warmed,) = runs(full_engine, one), runs(warm_engine, one)
    assert was_warm(warmed)
    kinds = [(entry.kind, entry.size) for entry in tools.entries(warmed, tr.LeftFile)]
    assert kinds[:2] == [("file", 4), ("file", 9)]
    assert kinds[3][0] == "absent"
    assert kinds == [(entry.kind, entry.size) for entry in tools.entries(cold, tr.LeftFile)]


# --- nothing comes to the next run -------------------------------------------------------

ATTACK = """
    import socket
    import builtins, json, os, resource, signal, stat, sys, time
    c = __import__('cty' 'pes')
    libc = c.CDLL(None, use_errno=True)
    proc = '/pr' 'oc'
    def attempt(what):
        try: return what()
        except OSError as error: return error.errno
    def is_taken(family, address):
        with socket.socket(family) as s: return attempt(lambda: s.bind(address)) is not None
    # What is nobody's own folder, and still somebody's: terminals and what they are made by.
    shared = [os.path.join(r, n) for top in ('/dev', '/etc') for r, d, f in os.walk(top)
        for n in (*d, *f, '.') if '/dev/shm' not in os.path.join(r, n)]
    def is_marked(p): m = os.stat(p); return m.st_mtime == 5 or stat.S_IMODE(m.st_mode) == 0o401
    def open_fds():
        return [n for n in range(3, 300) if not isinstance(attempt(lambda: os.fstat(n)), int)]
    print(json.dumps({
        'files': [sorted(os.listdir(p)) for p in ('/tmp', '/dev/shm', '/submission', '/')],
        'source': len(open(__file__).read()), 'processes': sorted(
            n for n in os.listdir(proc) if n.isdigit()),
        'taken': [is_taken(socket.AF_INET, ('', 54321)),
            is_taken(socket.AF_UNIX, chr(0) + 'left')],
        'memory': [hasattr(socket, 'left'), hasattr(builtins, 'left'), 'LEFT' in os.environ],
        'limits': [resource.getrlimit(n) for n in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU,
            resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_STACK)],
        'mine': [socket.gethostname(), os.nice(0), len(os.sched_getaffinity(0)), os.getpid(),
            signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, os.umask(0o22), os.getcwd()],
        'fds': open_fds(), 'marked': [p for p in shared if attempt(lambda: is_marked(p)) is True],
    }), flush=True)

    got = []
    def must_fail(name, what):
        try: result = what()
        except (OSError, ValueError): return
        if result != -1: got.append(name)
    # Whatever is above: the run's first process, which is a fork of the one that waits.
    for pid in (1, os.getppid()):
        for what in ('mem', 'fd', 'environ', 'maps', 'root', 'cwd'):
            path = f'{proc}/{pid}/{what}'
            must_fail(path, lambda: os.listdir(path) if what in ('fd', 'root', 'cwd')
                else open(path, 'r+b' if what == 'mem' else 'rb').read(1))
        must_fail('ptrace', lambda: libc.ptrace(16, pid, None, None))
        must_fail('seize', lambda: libc.ptrace(0x4206, pid, None, None))
        attempt(lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (1, 1)))
        handle = os.pidfd_open(pid)
        for fd in range(12):
            must_fail('steal', lambda: libc.syscall(438, handle, fd, 0))
        for number in signal.valid_signals() - {signal.SIGCONT}:
            attempt(lambda: os.kill(pid, number))
    attempt(lambda: os.kill(-1, signal.SIGTERM))
    must_fail('name', lambda: socket.sethostname('left'))
    must_fail('unshare', lambda: libc.unshare(0x20000))
    must_fail('mount', lambda: libc.mount(b'x', b'/tmp', b'tmpfs', 0, None))
    must_fail('unmount', lambda: libc.umount2(b'/tmp', 2))
    must_fail('keys', lambda: libc.syscall(248, b'user', b'left', b'x', 1, -3))
    for kind in ('pid', 'mnt', 'user', 'net', 'pid_for_children'):
        must_fail(kind, lambda: libc.setns(os.open(f'{proc}/1/ns/{kind}', os.O_RDONLY), 0))

    for path in shared:
        attempt(lambda: os.utime(path, (5, 5)))
        if os.access(path, os.W_OK): attempt(lambda: os.chmod(path, 0o401))
    work = '/submission'
    for path in ('/tmp/left', '/dev/shm/left', work + '/left', work + '/socket.py', __file__):
        attempt(lambda: open(path, 'a').write('print(1)'))
    socket.left = builtins.left = 1
    os.environ['LEFT'] = '1'
    attempt(lambda: os.nice(5))
    attempt(lambda: os.setpriority(os.PRIO_USER, 0, 9))
    attempt(lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
    os.chdir('/tmp')
    def daemon():
        for _ in range(2):
            if getattr(os, 'fo' 'rk')(): return False
            os.setsid()
        return True
    r, w = os.pipe()
    if daemon():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        a = socket.socket(); a.bind(('', 54321)); a.listen()
        b = socket.socket(socket.AF_UNIX); b.bind(chr(0) + 'left'); b.listen()
        os.write(w, b'.')
        time.sleep(60)
    elif os.getpid() == 2:
        os.read(r, 1)
        print(json.dumps(got))
        os._exit(0)
    """


@NEEDS_SANDBOX
def test_a_run_leaves_nothing_to_the_next_one(full_engine: Engine, warm_engine: Engine) -> None:
    # What it leaves behind keeps a run waiting to its limit.
    lab = tools.with_limits(tools.tp09(), wall=2.0, promised=2.0)
    one = tools.job(ATTACK, lab=lab, certify=3)
    cold, warmed = runs(full_engine, replace(one, certify=1)), runs(warm_engine, one)
    for transcript in (*cold, *warmed):
        assert transcript.stdout.count(b"\n") == 2, tools.summary(transcript)
        found, got = map(json.loads, transcript.stdout.splitlines())
        # (bubblewrap's own first process can be read, by design: it holds nothing.)
        assert got == [] or transcript in cold, tools.summary(transcript)
        expected = json.loads(cold[0].stdout.splitlines()[0])
        # The processes of ours in the user namespace count, and are added to the limit.
        nproc = expected["limits"][2][0] + (warm.PROCESSES if transcript in warmed else 0)
        assert found == expected | {
            "limits": [*expected["limits"][:2], [nproc, nproc], *expected["limits"][3:]]
        }
    assert all(map(was_warm, warmed))


ENDINGS = {
    "woken": "os.kill(1, signal.SIGCONT); time.sleep(0.05); os._exit(134)",
    "unreadable": "import shutil; shutil.copy('/bin/false', 'x'); os.chmod('x', 0o111);"
    "getattr(os, 'exe' 'cv')('x', ['x'])",
    "stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
}


@NEEDS_SANDBOX
@pytest.mark.parametrize("name", ENDINGS)
def test_an_end_that_hides_is_told_as_in_a_cold_start(
    full_engine: Engine, warm_engine: Engine, name: str
) -> None:
    lab = tools.with_limits(tools.tp09(), wall=1.0, promised=1.0)
    source = f"import socket\nimport os, signal, time\n{ENDINGS[name]}\n"
    one = tools.job(source.encode(), lab=lab)
    (cold,), (first, second) = runs(full_engine, one), runs(warm_engine, replace(one, certify=2))
    assert told(cold) == told(first) == told(second)
    assert was_warm(second)


def test_memory_that_runs_would_share_is_seen() -> None:
    lines = [b"7f0-7f1 %s 00000000 00:01 9 /memfd:x (deleted)\n" % x for x in (
        b"rw-s", b"rwxs", b"r--s", b"r-xs", b"rw-p", b"rwxp")]  # fmt: skip
    assert [zygote.is_shared(line) for line in lines] == [True, True, *[False] * 4]


# --- when ---------------------------------------------------------------------------------


@NEEDS_SANDBOX
def test_who_certifies_sees_cold_starts_and_warm_ones() -> None:
    with Engine(replace(tools.options("full"), warm="pays")) as engine:
        played = runs(engine, tools.job("import socket\nprint(1)\n", certify=5))
    # The first of a program is cold anyway.
    assert [was_warm(transcript) for transcript in played] == [False, False, False, True, True]
    assert all(told(transcript) == told(played[0]) for transcript in played)


class _Fake:
    """A waiting interpreter that does what it is told."""

    clean = True
    refuses = False
    made = 0

    def __init__(self, *_: object) -> None:
        _Fake.made += 1
        self.closed = self.running = False

    def start(self) -> Program:
        """A program, or a reason."""
        if _Fake.refuses:
            raise warm.ZygoteLostError("it is gone")
        return cast(Program, object())

    def is_clean(self) -> bool:
        """Nothing is left."""
        return _Fake.clean

    def close(self) -> None:
        """End it."""
        self.closed = True


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[_Fake]:
    """In the place of real ones."""
    monkeypatch.setattr(warm, "Zygote", _Fake)
    _Fake.clean, _Fake.refuses, _Fake.made = True, False, 0
    return _Fake


def starts(when: Warmth, version: str = "3.11.2") -> warm.WarmStarts:
    """Those of a place."""
    return warm.WarmStarts("bwrap", Interpreter("python", (), version), {}, when)


def begin(where: warm.WarmStarts, source: str = "import socket\n", network: int = 0) -> bool:
    """Whether a program is started warm, with many more starts to come."""
    return where.start(replace(tools.job(source), follow=9), network) is not None


def test_an_interpreter_waits_where_enough_is_to_come(fake: type[_Fake]) -> None:
    where = starts("pays")
    one = replace(tools.job("import socket\n"), follow=4)
    assert [where.start(one, 0) is not None for _ in range(4)] == [False, True, True, True]
    assert fake.made == 1
    two = replace(tools.job("import socket, sys\n"), follow=2)
    assert [where.start(two, 0) is not None for _ in range(2)] == [False, False]


def test_a_run_that_is_to_start_cold_does(fake: type[_Fake]) -> None:
    where = starts("always")
    assert where.start(replace(tools.job("import socket\n"), follow=COLD), 0) is None
    assert begin(where)
    assert fake.made == 1


def test_another_program_or_network_has_another_interpreter(fake: type[_Fake]) -> None:
    where = starts("always")
    assert begin(where)
    assert begin(where, network=1)
    assert begin(where, "import socket, sys\n", network=1)
    assert fake.made == 3


def test_what_is_not_clean_is_not_used_again(fake: type[_Fake]) -> None:
    where = starts("always")
    assert begin(where)
    fake.clean = False
    assert not begin(where)
    fake.clean = True
    assert not begin(where)


def test_a_program_that_runs_is_not_ended_by_the_next_one(fake: type[_Fake]) -> None:
    where = starts("always")
    assert begin(where)
    waiting = cast(_Fake, where._zygote)
    waiting.running = True
    assert not begin(where, "import socket, sys\n")
    assert not waiting.closed
    waiting.running = False
    assert begin(where)
    assert fake.made == 1


def test_what_does_not_work_is_done_without(fake: type[_Fake]) -> None:
    fake.refuses = True
    where = starts("always")
    assert not begin(where)
    assert not begin(where)
    assert fake.made == 1


@pytest.mark.parametrize("error", [HostError("no sandbox"), OSError(24, "too many open files")])
def test_a_start_that_is_the_hosts_fault_is_cold(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(warm, "Zygote", fails)
    where = starts("always")
    assert not begin(where)
    monkeypatch.setattr(warm, "Zygote", _Fake)
    assert not begin(where, "import socket, sys\n")


def test_no_program_runs_in_an_interpreter_that_cannot_wait(tmp_path: Path) -> None:
    """What `site` does about a `sitecustomize` that fails is to run the program all the same."""
    shutil.copy(zygote.__file__, tmp_path / "sitecustomize.py")
    outcome = subprocess.run(
        [tools.python(), "-c", "print('ran')"], env={"PYTHONPATH": str(tmp_path)},
        capture_output=True, check=False,
    )  # fmt: skip
    assert (outcome.returncode, outcome.stdout) == (125, b"")


@NEEDS_SANDBOX
def test_it_is_known_whether_it_works_here_and_why_not() -> None:
    interpreter = inspect(tools.python())
    assert trying.tried_warm(tools.bwrap(), interpreter) == ""
    strange = replace(interpreter, version="3.15.1")
    assert "Python 3.15" in trying.tried_warm(tools.bwrap(), strange)
    broken = replace(interpreter, executable="/bin/false")
    assert "has ended" in trying.tried_warm(tools.bwrap(), broken)


@NEEDS_SANDBOX
def test_an_interpreter_that_warns_of_something_waits_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python 3.13 imported what it quotes a line with, and every program had that from then on."""
    spoken = warm._CODE.replace(b"first = os.fork()", b"first = os.write(2, b'!') and os.fork()")
    assert spoken != warm._CODE
    monkeypatch.setattr(warm, "_CODE", spoken)
    why = trying.tried_warm(tools.bwrap(), inspect(tools.python()))
    assert why == "a run left something behind"


def test_only_proved_versions_and_programs_wait(fake: type[_Fake]) -> None:
    assert not begin(starts("always", "3.15.0"))
    assert not begin(starts("always", "3.13.0t")), "without the global lock"
    assert begin(starts("always", "3.12.1"))
    assert begin(starts("always", "3.13.0"))
    assert not begin(starts("always"), "import socket\nprint({1, 2})\n")
    assert begin(starts("forced"), "import socket\nprint({1, 2})\n")
    assert warmable.ahead("x.py", ()) is None
