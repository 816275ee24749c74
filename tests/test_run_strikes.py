"""Which limit struck: what is watched, what the kernel refused, and what is nobody's fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from textwrap import dedent

import engine_tools as tools
import pytest

from grader import transcript as tr
from grader.judge.wording import LIMITS as NAMED
from grader.lab.model import Lab, Limits
from grader.run import strikes
from grader.run.engine import Engine
from grader.run.jobs import FactsMode
from grader.run.strikes import Struck, Watch, by_kernel
from grader.run.usage import Disk, Usage

LIMITS = Limits()
MB = 1 << 20


def look(
    watch: Watch,
    usage: Usage,
    disk: Disk = Disk(),  # noqa: B008 -- immutable
    resident: Callable[[], int] = lambda: 0,
) -> Struck | None:
    return watch.look(usage, lambda: disk, resident)


def test_what_is_within_its_limits() -> None:
    most = Usage(int(5e9), 0, 512 * MB, 64)
    assert look(Watch(LIMITS), most, Disk(0, strikes.MOST_FILES)) is None


@pytest.mark.parametrize(
    ("usage", "disk", "expected"),
    [
        (Usage(int(5e9) + 1, 0, 0, 1), Disk(), Struck("cpu", "5 s")),
        (Usage(0, 0, 0, 65), Disk(), Struck("processes", "64")),
        (Usage(0, 0, 0, 1), Disk(0, 20_001), Struck("disk", "20000 inodes")),
    ],
)
def test_what_is_watched(usage: Usage, disk: Disk, expected: Struck) -> None:
    assert look(Watch(LIMITS), usage, disk) == expected


def test_memory_strikes_only_when_it_is_really_used() -> None:
    """64 processes that share their pages use little, however much their sum is."""
    watch = Watch(LIMITS)
    sum_of_all = Usage(0, 0, 900 * MB, 64)
    assert look(watch, sum_of_all, resident=lambda: 100 * MB) is None
    assert look(watch, Usage(0, 0, 960 * MB, 64), resident=lambda: 513 * MB) == Struck(
        "memory", "512 MB"
    )


def test_files_in_memory_are_memory() -> None:
    watch = Watch(LIMITS)
    disk = Disk(150 * MB, 10)

    def never() -> int:
        raise AssertionError("nothing to measure")

    assert look(watch, Usage(0, 0, 300 * MB, 1), disk, never) is None
    assert look(watch, Usage(0, 0, 400 * MB, 1), disk, lambda: 550 * MB) == Struck(
        "memory", "512 MB"
    )


def test_a_folder_on_a_disk_is_bounded_by_us_and_is_no_memory() -> None:
    on_disk = Disk(LIMITS.work_size, 10, bounded=False)

    def never() -> int:
        raise AssertionError("nothing to measure")

    assert look(Watch(LIMITS), Usage(0, 0, 500 * MB, 1), on_disk, never) is None
    over = on_disk._replace(size=LIMITS.work_size + 1)
    assert look(Watch(LIMITS), Usage(0, 0, 0, 1), over) == Struck("disk", "64 MB")
    # What the kernel bounds is refused there: a program may fill one folder and another.
    assert look(Watch(LIMITS), Usage(0, 0, 0, 1), over._replace(bounded=True)) is None


def test_memory_is_measured_seldom_and_yet_again() -> None:
    """Pages that were shared become each one's own, and no estimate shows it."""
    watch = Watch(LIMITS)
    asked: list[int] = []

    def resident() -> int:
        asked.append(1)
        return 0

    for _ in range(31):
        assert look(watch, Usage(0, 0, 900 * MB, 64), resident=resident) is None
    assert len(asked) == 4


HEAD = b'Traceback (most recent call last):\n  File "/submission/a.py", line 3, in <module>\n'
FORKS = HEAD + b"    os.fork()\n"
READS = HEAD + b"    s.recv(10)\n"
FORKS_BEFORE = HEAD + b'    fork()\n  File "/submission/b.py", line 1, in f\n    s.recv(1)\n'


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        (HEAD + b"    x\nMemoryError\n", Struck("memory", "2048 MB")),
        (HEAD + b"    x\nOSError: [Errno 24] Too many open files\n", Struck("files", "256")),
        (HEAD + b"    x\nOSError: [Errno 27] File too large\n", Struck("file_size", "16 MB")),
        (HEAD + b"    x\nOSError: [Errno 28] No space left\n", Struck("disk", "64 MB")),
        (FORKS + b"BlockingIOError: [Errno 11] again\n", Struck("processes", "64")),
        (HEAD + b"    x\nRuntimeError: can't start new thread\n", Struck("processes", "64")),
        # The same number for a read that would have to wait: that is no limit.
        (READS + b"BlockingIOError: [Errno 11] again\n", None),
        (FORKS_BEFORE + b"BlockingIOError: [Errno 11] again\n", None),
        # Of several processes, mixed: only that was refused, whatever stands under what.
        (
            HEAD + HEAD + b"    os.fork()\n" * 2 + b"BlockingIOError: [Errno 11] x\n" + HEAD,
            Struck("processes", "64"),
        ),
        (FORKS + b"BlockingIOError: [Errno 11] x\nKeyError: 1\n" + HEAD, None),
        (HEAD + HEAD + b"    s.recv(1)\n" * 2 + b"BlockingIOError: [Errno 11] x\n", None),
        (HEAD + HEAD + b"    os.fork()\n", None),
        (HEAD + b"    x\nConnectionResetError: [Errno 104] reset\n", None),
        (HEAD + b"    x\nValueError: MemoryError\n", None),
        # No interpreter has such a number, and none is made of it.
        (HEAD + b"    x\nOSError: [Errno " + b"9" * 5000 + b"] x\n", None),
        (b"OSError: [Errno 24] printed by the program\n", None),
        (b"", None),
    ],
)
def test_refusals_that_nothing_caught(stderr: bytes, expected: Struck | None) -> None:
    assert by_kernel(None, 1, stderr, LIMITS) == expected
    assert by_kernel(None, 0, stderr, LIMITS) is None
    assert by_kernel(None, 3, stderr, LIMITS) is None


def test_signals_that_only_limits_send() -> None:
    assert by_kernel("SIGXCPU", None, b"", LIMITS) == Struck("cpu", "5 s")
    assert by_kernel("SIGXFSZ", None, b"", LIMITS) == Struck("file_size", "16 MB")
    assert by_kernel("SIGSEGV", None, b"", LIMITS) is None


def test_what_the_kernel_killed_for_want_of_memory() -> None:
    memory = Struck("memory", "512 MB")
    assert by_kernel("SIGKILL", None, b"", LIMITS, out_of_memory=True) == memory
    # A part of it was killed, and that was its end; or it was not.
    assert by_kernel(None, 1, b"", LIMITS, out_of_memory=True) == memory
    assert by_kernel(None, 0, b"", LIMITS, out_of_memory=True) is None
    assert by_kernel("SIGKILL", None, b"", LIMITS) is None


def test_each_limit_has_a_name_and_a_number() -> None:
    for name in {*NAMED} - {"artifacts"}:  # of a build: `grader.run.building` has its number
        assert strikes.struck(name, LIMITS).value
    assert strikes.struck("output", replace(LIMITS, output=1000)).value == "1000 B"


# --- for real ----------------------------------------------------------------------------

STRIKES = {
    "memory": "b = []\nwhile True: b.append(bytearray(b'x' * (8 << 20)))",
    "memory by addresses": "b = bytearray(4 << 30)",
    "memory of many": """
        b = bytearray(b'x' * (150 << 20))
        for n in range(5): os.fork() or (b.__setitem__(slice(None), b'y' * len(b)), signal.pause())
        signal.pause()
        """,
    "memory shared": """
        m = mmap.mmap(-1, 700 << 20)
        while True: m.seek(0); m.write(b'x' * (700 << 20))
        """,
    "processes": "while True: os.fork()",  # all of them end at once, and say so together
    "processes that wait": "while True: os.fork() or signal.pause()",
    "processes as threads": """
        def forever(): signal.pause()
        while True: threading.Thread(target=forever, daemon=True).start()
        """,
    "files": "kept = []\nwhile True: kept.append(socket.socket())",
    "file_size": "f = open('big', 'wb')\nwhile True: f.write(bytes(1 << 20))",
    "file_size by signal": """
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        f = open('big', 'wb')
        while True: f.write(bytes(1 << 20))
        """,
    "disk": """
        for n in range(1000):
            with open(f'f{n}', 'wb') as f: f.write(bytes(4 << 20))
        """,
    "disk by files": """
        for n in range(10 ** 7):
            try: os.symlink('x', f'/tmp/{n}')
            except OSError: pass
        """,
    "cpu": "while True: pass",
}
ALL = "import mmap, os, signal, socket, threading\n"


@pytest.mark.sandbox
@pytest.mark.parametrize("name", STRIKES)
def test_a_limit_is_an_outcome_of_its_own(full_engine: Engine, name: str) -> None:
    limit = name.split()[0]
    transcript = tools.run(full_engine, tools.job(_source(STRIKES[name]), lab=_lab()))
    said = tools.summary(transcript)
    assert (transcript.end.outcome, transcript.end.limit) == ("limit", limit), said
    (reached,) = tools.entries(transcript, tr.LimitReached)
    assert reached.limit == limit
    assert reached.value


COPES = {
    "EMFILE": """
        kept = []
        try:
            while True: kept.append(socket.socket())
        except OSError: print('coped')
        """,
    "EAGAIN": """
        try:
            while True: os.fork() or signal.pause()
        except BlockingIOError: print('coped')
        """,
    "ENOSPC": """
        try:
            for n in range(1000):
                with open(f'f{n}', 'wb') as f: f.write(bytes(4 << 20))
        except OSError: print('coped')
        """,
    "MemoryError": """
        try: bytearray(4 << 30)
        except MemoryError: print('coped')
        """,
    "much shared": """
        b = bytearray(b'x' * (30 << 20))
        for n in range(40): os.fork() or signal.pause()
        import time; time.sleep(0.3); print('coped')
        """,
}


@pytest.mark.sandbox
@pytest.mark.parametrize("name", COPES)
def test_who_copes_with_a_refusal_has_met_nothing(full_engine: Engine, name: str) -> None:
    transcript = tools.run(full_engine, tools.job(_source(COPES[name]), lab=_lab()))
    assert transcript.stdout == b"coped\n", tools.summary(transcript)
    assert (transcript.end.outcome, transcript.end.limit) == ("completed", None)


@pytest.mark.sandbox
def test_connections_are_counted(full_engine: Engine) -> None:
    body = """
        import socket
        kept = [socket.create_connection(("127.0.0.1", 65432)) for _ in range(100)]
        """
    transcript = tools.run(full_engine, tools.job(body, "client-nominal", lab=_lab(65432)))
    said = (transcript.end.outcome, transcript.end.limit)
    assert said == ("limit", "connections"), tools.summary(transcript)


def _source(body: str) -> str:
    return ALL + dedent(body)


def _lab(port: int | None = None) -> Lab:
    lab = tools.with_limits(tools.tp09(), cpu=3.0)
    return replace(lab, port=port or tools.free_port())


@pytest.mark.parametrize("facts", ["kernel", "paced"])
@pytest.mark.parametrize(
    "writes",
    [
        "for n in range(40): open(str(n), 'wb').write(os.urandom(4 << 20))",
        """os.mkdir('d')
for n in range(30_000):
    open(f'd/{n}', 'wb').close()
    n % 500 or print(n, flush=True)  # with nothing but a clock, a quiet one is taken to wait
""",
    ],
    ids=["bytes", "files"],
)
def test_the_room_of_a_plain_program_is_looked_at(facts: FactsMode, writes: str) -> None:
    """160 MB in files of which each may be; it would sleep long enough to be seen."""
    source = f"import os, time\n{writes}\ntime.sleep(60)\n"
    # A busy machine may take long to make the files: their number is what is to strike.
    lab = tools.with_limits(tools.lab_for("none"), wall=60.0, promised=55.0, cpu=60.0)
    with tools.engine("none", facts=facts) as engine:
        transcript = tools.run(engine, tools.job(source, lab=lab))
    assert (transcript.end.outcome, transcript.end.limit) == ("limit", "disk")


def test_cpu_is_named_where_nobody_can_see_what_is_used() -> None:
    lab = tools.with_limits(tools.lab_for("none"), wall=60.0, promised=55.0, cpu=0.5)
    with tools.engine("none", facts="paced") as engine:
        transcript = tools.run(engine, tools.job("while True: pass\n", lab=lab))
    assert (transcript.end.outcome, transcript.end.limit) == ("limit", "cpu")
