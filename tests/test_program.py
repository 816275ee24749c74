"""Programs as processes: one set of promises, whichever way a program is started."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import engine_tools as tools
import pytest
from namespaces import missing
from process_tools import words_of

from grader import transcript as tr
from grader.intake.bounds import BOUNDS
from grader.run import descriptors, proc, program
from grader.run.engine import Engine
from grader.run.errors import HostError
from grader.run.interpreter import command_of
from grader.run.jobs import Isolation
from grader.run.started import WaitStatus
from grader.submission import SourceFile

pytestmark = pytest.mark.sandbox

BOTH: tuple[Isolation, ...] = ("full", "none")


@pytest.fixture(params=BOTH)
def where(request: pytest.FixtureRequest) -> Engine:
    """An engine of each way of starting programs."""
    name = {"full": "full_engine", "none": "plain_engine"}[request.param]
    started: Engine = request.getfixturevalue(name)
    return started


def ran(
    engine: Engine, source: str, *, files: tuple[SourceFile, ...] = (), **limits: float
) -> tr.Transcript:
    """A program that touches no network, run to its end."""
    lab = replace(tools.with_limits(tools.tp09(), **limits), port=tools.free_port())
    return tools.run(engine, tools.job(source, lab=lab, files=files))


def told(engine: Engine, expression: str) -> object:
    """What a program sees: `expression`, an object of JSON, as it evaluates inside."""
    source = f"""
        import errno, grp, json, os, pwd, resource, signal, socket, stat, sys
        def attempt(action):
            try: action()
            except OSError as error: return errno.errorcode[error.errno]
            return "done"
        print(json.dumps({expression}))
        """
    transcript = ran(engine, source)
    assert transcript.end.status == 0, tools.summary(transcript)
    return json.loads(transcript.stdout)


# --- the wait status ---------------------------------------------------------------------


def test_wait_statuses() -> None:
    assert WaitStatus.of(0) == WaitStatus(0, None)
    assert WaitStatus.of(134 << 8) == WaitStatus(134, None)
    assert WaitStatus.of(6) == WaitStatus(None, "SIGABRT")
    assert WaitStatus.of(6 | 0x80) == WaitStatus(None, "SIGABRT")
    assert WaitStatus.of(9) == WaitStatus(None, "SIGKILL")
    assert WaitStatus.of(40) == WaitStatus(None, "SIG40")


@pytest.mark.parametrize(
    ("ending", "status", "name", "outcome"),
    [
        ("pass", 0, None, "completed"),
        ("sys.exit(3)", 3, None, "completed"),
        ("sys.exit('a reason')", 1, None, "completed"),
        ("os._exit(134)", 134, None, "completed"),
        ("os._exit(137)", 137, None, "completed"),
        ("1 / 0", 1, None, "crashed"),
        ("os.abort()", None, "SIGABRT", "crashed"),
        ("os.kill(os.getpid(), signal.SIGKILL)", None, "SIGKILL", "crashed"),
        ("os.kill(os.getpid(), signal.SIGTERM)", None, "SIGTERM", "crashed"),
    ],
)
def test_the_real_wait_status(
    where: Engine, ending: str, status: int | None, name: str | None, outcome: str
) -> None:
    transcript = ran(where, f"import os, signal, sys\n{ending}\n")
    end = transcript.end
    assert (end.status, end.signal, end.outcome) == (status, name, outcome)
    assert not tools.entries(transcript, tr.Killed)


@pytest.mark.parametrize(
    "source",
    [b"print('a'", b"", b"import nothing_like_it\n", b"\xff\xfe\x00", b"print('\xe9')\n"],
    ids=["syntax", "empty", "module", "nonsense", "latin-1"],
)
def test_programs_that_do_not_start(where: Engine, source: bytes) -> None:
    end = tools.run(where, tools.job(source)).end
    crashed = source != b""
    assert end.outcome == ("crashed" if crashed else "completed")
    assert end.status == (1 if crashed else 0)


# --- the terminal ------------------------------------------------------------------------


def test_output_is_as_in_a_terminal(where: Engine) -> None:
    transcript = ran(
        where,
        """
        import os, sys
        assert sys.stdout.isatty() and sys.stdin.isatty() and not sys.stderr.isatty()
        assert tuple(os.get_terminal_size()) == (80, 24)
        assert os.environ["TERM"] == "dumb" and sys.stdout.encoding == "utf-8"
        print("é €")
        sys.stderr.write("apart\\n")
        print("last")
        os._exit(0)
        """,
    )
    assert transcript.end.status == 0, tools.summary(transcript)
    assert transcript.stdout == "é €\nlast\n".encode()
    assert transcript.stderr == b"apart\n"


def test_nothing_printed_is_lost_by_a_kill(where: Engine) -> None:
    transcript = ran(
        where,
        """
        import os, signal
        for n in range(2000): print(n)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
    )
    assert transcript.end.signal == "SIGKILL"
    assert transcript.stdout == b"".join(b"%d\n" % n for n in range(2000))


def test_nothing_printed_before_we_end_it_is_lost(where: Engine) -> None:
    transcript = ran(
        where,
        """
        import os, sys, threading
        os.write(2, b"first\\n")
        print("x" * 100_000)
        threading.Event().wait()
        """,
    )
    assert transcript.end.outcome == "stuck"
    assert transcript.stdout == b"x" * 100_000 + b"\n"
    # What faulthandler says when we end it is not the program's.
    assert transcript.stderr == b"first\n"


def test_it_has_no_controlling_terminal(where: Engine) -> None:
    assert told(where, "attempt(lambda: os.open('/dev/tty', os.O_RDWR))") == "ENXIO"


def test_the_terminal_can_be_opened_by_its_name(where: Engine) -> None:
    transcript = ran(where, "open('/dev/stdout', 'w').write('again\\n')\n")
    assert transcript.stdout == b"again\n", tools.summary(transcript)


def test_the_keyboard_types_enter(where: Engine) -> None:
    transcript = ran(where, "print(repr(input('? ')))\n")
    assert transcript.end.status == 0
    assert b"''" in transcript.stdout
    assert len(tools.entries(transcript, tr.Keyboard)) == 1


HIDES = """
import os, shutil, sys
shutil.copy(os.path.realpath("/usr/bin/python3"), "./hidden")
os.chmod("./hidden", 0o111)
os.execv("./hidden", ["./hidden", "-I", "-c", "import os, signal; {ending}"])
"""
WAKES = """
import os, signal, time
if os.fork() == 0:
    while True: os.kill({whom}, signal.SIGCONT)
{ending}
"""


@pytest.mark.parametrize(
    ("ending", "status"),
    [("os._exit(3)", 3), ("os._exit(0)", 0), ("os.kill(os.getpid(), signal.SIGTERM)", 143)],
)
@pytest.mark.parametrize("source", [HIDES, WAKES], ids=["hides", "wakes"])
def test_who_hides_how_it_ends_is_told_by_the_sandbox(
    full_engine: Engine, source: str, ending: str, status: int
) -> None:
    """And it is never a fault of the machine, which would cost its author nothing."""
    if not Path("/usr/bin/python3").exists():
        missing("needs the system's Python")
    transcript = ran(full_engine, source.format(ending=ending, whom=1), wall=5.0)
    end = transcript.end
    said = tools.summary(transcript)
    assert end.outcome in ("completed", "crashed"), said
    # Now and then the zombie is seen before it is reaped, and then the signal's name too.
    assert (end.status, end.signal) in ((status, None), (None, "SIGTERM")), said
    assert (end.signal is None) or status == 143, said


@pytest.mark.parametrize(("ending", "status", "name"), [
    ("os._exit(3)", 3, None), ("os.kill(os.getpid(), signal.SIGTERM)", None, "SIGTERM"),
])  # fmt: skip
def test_a_plain_program_that_hides_is_our_own_child(
    plain_engine: Engine, ending: str, status: int | None, name: str | None
) -> None:
    if not Path("/usr/bin/python3").exists():
        missing("needs the system's Python")
    end = ran(plain_engine, HIDES.format(ending=ending)).end
    assert (end.status, end.signal) == (status, name)


# --- what it starts with -----------------------------------------------------------------


def test_it_inherits_no_descriptor(where: Engine) -> None:
    """0, 1, 2, and the one that lists them."""
    seen = told(where, "{f: os.readlink('/proc/self/fd/' + f) for f in os.listdir('/proc/self/fd') "
                "if os.path.lexists('/proc/self/fd/' + f)}")  # fmt: skip
    assert isinstance(seen, dict)
    assert sorted(seen, key=int) == ["0", "1", "2"], seen


def test_its_signals_are_those_of_a_fresh_process(where: Engine) -> None:
    seen = told(
        where,
        "[x for x in open('/proc/self/status').read().split('\\n')"
        " if x[:6] in ('SigBlk', 'SigIgn')]",
    )
    assert isinstance(seen, list)
    values = dict(line.split(":\t") for line in seen)
    assert int(values["SigBlk"], 16) == 0
    # CPython itself ignores SIGPIPE (13) and SIGXFSZ (25); 32 and 33 are the C library's.
    assert int(values["SigIgn"], 16) & 0x7FFF_FFFF & ~(1 << 12 | 1 << 24) == 0


def test_its_limits_are_set(where: Engine) -> None:
    limits = tools.tp09().limits
    seen = told(
        where,
        "{n: resource.getrlimit(getattr(resource, 'RLIMIT_' + n)) "
        "for n in ('CPU', 'FSIZE', 'NOFILE', 'CORE', 'AS', 'NPROC')}",
    )
    assert isinstance(seen, dict)
    assert seen["CPU"] == [6, 7]
    assert seen["FSIZE"] == [limits.file_size] * 2
    assert seen["NOFILE"] == [limits.open_files] * 2
    assert seen["CORE"] == [1, 1]
    assert seen["AS"] == [limits.memory * 4] * 2
    if where.options.isolation == "full":
        assert seen["NPROC"] == [limits.processes] * 2


def test_it_runs_in_the_folder_of_its_file(where: Engine) -> None:
    files = (
        SourceFile(path="outils.py", data=b"def dire(): print('dit')\n"),
        SourceFile(path="donnees/texte.txt", data="é".encode()),
    )
    source = """
        import os, sys, outils
        outils.dire()
        print(open("donnees/texte.txt", encoding="utf-8").read(), os.listdir())
        """
    transcript = ran(where, source, files=files)
    assert transcript.stdout.startswith("dit\né ".encode()), tools.summary(transcript)


def test_as_many_files_as_intake_takes_are_all_there(full_engine: Engine) -> None:
    """Each has a descriptor and words of bubblewrap's: of both there is no end soon."""
    deep = "/".join("abcdefghij")
    files = tuple(
        SourceFile(path=f"{number}/{deep}/{number}.txt", data=b"x")
        for number in range(2 * BOUNDS.files - 1)
    )
    source = """
        import os
        there = [os.path.join(at, name) for at, _, names in os.walk(".") for name in names]
        print(len(there), len(open(there[-1]).read()) > 0, oct(os.stat("7").st_mode & 0o777))
        """
    transcript = ran(full_engine, source, files=files)
    assert transcript.stdout == b"1000 True 0o755\n", tools.summary(transcript)


def test_where_few_files_may_be_open_too_many_are_the_hosts_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(descriptors, "first_safe", lambda: 60)
    with descriptors.Descriptors() as fds:
        for _ in range(60):
            fds.give(fds.memory(b""))
        with pytest.raises(HostError, match="120 files open"):
            fds.spawn(["/bin/true"], {}, own_session=False)


def test_the_next_run_finds_nothing_of_the_last(where: Engine) -> None:
    source = """
        import os
        print(sorted(os.listdir()), os.path.exists("/tmp/left-behind"))
        open("left", "w").close()
        """
    for _ in range(2):
        assert ran(where, source).stdout == b"['prog.py'] False\n"


# --- the end of all of it ----------------------------------------------------------------

TREES = {
    "setsid": "os.setsid() if os.fork() == 0 else None; forever()",
    "double fork": """
if os.fork() == 0:
    if os.fork() == 0: os.setsid(); forever()
    os._exit(0)
os.wait(); os._exit(0)
""",
    "ignores signals": """
for n in set(range(1, 32)) - {9, 19}: signal.signal(n, signal.SIG_IGN)
os.fork(); forever()
""",
    "stops itself": "os.fork(); os.kill(os.getpid(), signal.SIGSTOP)",
    "stops its child": "pid = os.fork(); os.kill(pid, signal.SIGSTOP) if pid else None; forever()",
    "many": "[os.fork() for _ in range(4)]; forever()",
    "closes its streams": "os.fork(); [os.close(n) for n in range(3)]; forever()",
    "keeps its streams": "os.fork() or forever()",
}


@pytest.mark.parametrize("tree", TREES)
def test_the_whole_tree_is_ended(where: Engine, tree: str) -> None:
    source = "import os, signal\ndef forever():\n    while True: signal.pause()\n" + TREES[tree]
    before = set(proc.tree(os.getpid(), zombies=True))
    transcript = ran(where, source, wall=1.5)
    assert transcript.end.outcome in ("stuck", "timeout", "completed"), tools.summary(transcript)
    # Below a worker is nothing between two runs but the next one's sandbox, at its gate.
    left = set(proc.tree(os.getpid(), zombies=True)) - before
    workers = {worker.process.pid for worker in where._workers}
    spare = {pid for pid in left if _waits_at_the_gate(pid)}
    assert left - spare <= workers
    assert len(spare) <= 3  # bubblewrap's two, and a shell
    named = [p for p in Path("/proc").iterdir() if p.name.isdigit() and _is_probe(p)]
    assert not named


def _waits_at_the_gate(pid: int) -> bool:
    """It is of a sandbox that is made ahead: no program was ever executed in it."""
    return program._LATE_GATE.encode() in words_of(pid)


def _is_probe(folder: Path) -> bool:
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[1:4] == [b"-X", b"faulthandler", b"prog.py"] and _below(int(folder.name))


def _below(pid: int) -> bool:
    """The process descends from this test process, or from nobody any more."""
    return pid in proc.tree(os.getpid())


def test_forks_are_bounded_in_the_sandbox(full_engine: Engine) -> None:
    source = """
        import os, signal
        made = 0
        try:
            while made < 500:
                if os.fork() == 0: signal.pause()
                made += 1
        except BlockingIOError: print("bounded", made < 100)
        """
    transcript = ran(full_engine, source, wall=5.0)
    assert transcript.stdout == b"bounded True\n", tools.summary(transcript)


def test_files_are_bounded(where: Engine) -> None:
    source = """
        import errno
        try:
            with open("big", "wb") as f:
                while True: f.write(bytes(1 << 20))
        except OSError as error: print(errno.errorcode[error.errno])
        """
    assert ran(where, source).stdout == b"EFBIG\n"


# --- what the sandbox shows --------------------------------------------------------------


def test_no_environment_of_the_host(full_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = told(full_engine, "dict(os.environ)")
    assert isinstance(seen, dict)
    expected = {"PATH", "HOME", "USER", "LANG", "LC_ALL", "TERM", "PYTHONDONTWRITEBYTECODE"}
    assert set(seen) <= expected | {"PWD", "LC_CTYPE", "OLDPWD", "SHLVL", "_"}
    # bubblewrap's own processes are seen from inside, and tell nothing either.
    source = """
        import glob
        for name in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
            try: print(name, open(name, "rb").read())
            except OSError as error: print(name, error)
        """
    text = ran(full_engine, source).stdout
    for secret in (str(Path.cwd()), "pytest", str(Path.home() / ".")):
        assert secret.encode() not in text


def test_no_other_process_is_seen(full_engine: Engine) -> None:
    seen = told(full_engine, "sorted(int(n) for n in os.listdir('/proc') if n.isdigit())")
    assert isinstance(seen, list)
    assert len(seen) <= 2


def test_it_is_nobody_of_the_host(full_engine: Engine) -> None:
    seen = told(
        full_engine,
        "[os.getuid() != 0, pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name,"
        " os.getpid() != 1, socket.gethostname(),"
        " [x for x in open('/proc/self/status').read().split() if x == '0000000000000000'] != []]",
    )
    assert seen == [True, "etudiant", "etudiant", True, "tp", True]


def test_names_of_this_machine_resolve(full_engine: Engine) -> None:
    seen = told(
        full_engine,
        "[socket.gethostbyname('localhost'), socket.gethostbyname(socket.gethostname())[:4]]",
    )
    assert seen == ["127.0.0.1", "127."]


def test_no_new_user_namespace(full_engine: Engine) -> None:
    source = """
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        for flags in (0x10000000, 0x10000000 | 0x40000000, 0x20000):
            print(libc.unshare(flags), ctypes.get_errno() != 0)
        """
    assert ran(full_engine, source).stdout == b"-1 True\n" * 3


def test_only_its_own_folders_can_be_written(full_engine: Engine) -> None:
    seen = told(
        full_engine,
        "{p: attempt(lambda: open(p + '/x', 'w').close()) for p in "
        "('/', '/usr', '/etc', '/proc', '/dev', '/submission', '/tmp', '/dev/shm')}",
    )
    assert isinstance(seen, dict)
    for folder in ("/submission", "/tmp", "/dev/shm"):
        assert seen.pop(folder) == "done", folder
    assert set(seen.values()) <= {"EROFS", "EACCES", "EPERM", "ENOENT"}, seen


def test_the_hosts_settings_cannot_be_written(full_engine: Engine) -> None:
    seen = told(
        full_engine,
        "[attempt(lambda: os.close(os.open('/proc/sys/' + n, os.O_WRONLY))) for n in "
        "('kernel/core_pattern', 'net/ipv4/ip_forward', 'net/ipv4/tcp_max_tw_buckets')]",
    )
    assert isinstance(seen, list)
    assert set(seen) <= {"EROFS", "EACCES", "EPERM"}, seen


def test_nothing_of_the_host_is_there(full_engine: Engine) -> None:
    here = [str(Path(__file__).resolve().parent), str(tools.TP09), str(Path.home() / ".cache")]
    seen = told(full_engine, f"[os.path.exists(p) for p in {here!r}]")
    assert seen == [False] * 3
    tops = told(full_engine, "sorted(os.listdir('/'))")
    assert isinstance(tops, list)
    system = {"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "usr", "tmp"}
    # Besides the system: the folders on the way to the interpreter.
    ways = {Path(folder).parts[1] for folder in _interpreter_folders()}
    assert set(tops) <= system | ways | {"submission"}


def _interpreter_folders() -> tuple[str, ...]:
    from grader.run.interpreter import inspect

    return inspect(tools.python()).folders


def test_the_work_folder_is_bounded(full_engine: Engine) -> None:
    source = """
        import errno
        try:
            for n in range(1000):
                with open(f"f{n}", "wb") as f: f.write(bytes(4 << 20))
        except OSError as error: print(errno.errorcode[error.errno], n < 20)
        """
    assert ran(full_engine, source).stdout == b"ENOSPC True\n"


def test_the_network_is_its_own(full_engine: Engine) -> None:
    seen = told(
        full_engine,
        "[[n for _, n in socket.if_nameindex()],"
        " attempt(lambda: socket.create_connection(('192.0.2.1', 80), timeout=1))]",
    )
    assert seen == [["lo"], "ENETUNREACH"]


def test_the_command_line() -> None:
    from grader.run.interpreter import Interpreter

    command = command_of(Interpreter("/usr/bin/python3", (), "3.11.2"), "serveur.py")
    assert command == ["/usr/bin/python3", "-X", "faulthandler", "serveur.py"]
    # Python would take these for options of its own.
    for name in ("-c serveur.py", "-serveur.py"):
        assert command_of(Interpreter("python3", (), ""), name)[-1] == f"./{name}"
