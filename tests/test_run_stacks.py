"""Where a stuck program stands, asked of real ones that go on afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import pytest
from namespaces import missing

from grader import transcript as tr
from grader.run import proc, stacks
from grader.run.stacks import Stacks


@pytest.fixture(scope="module")
def reader() -> Iterator[Stacks]:
    path = stacks.find()
    if path is None:
        missing("py-spy is not installed for this machine")
    made = Stacks(path)
    yield made
    made.close()


@contextmanager
def stuck(folder: Path, text: str, threads: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """A program of this text that stands still, each of its threads in a call."""
    (folder / "prog.py").write_text(dedent(text))
    process = subprocess.Popen(
        [sys.executable, "-IS", "prog.py"], cwd=folder, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        while not _stands(process.pid, threads):
            os.sched_yield()
        yield process
    finally:
        process.kill()
        process.communicate()


def _stands(pid: int, threads: int) -> bool:
    calls = [proc.call_of(pid, tid) for tid in proc.threads(pid)]
    states = [proc.thread_state(pid, tid) for tid in proc.threads(pid)]
    blocked = all(call is not None and call.blocked for call in calls)
    return len(calls) == threads and blocked and set(states) == {"S"} and _has_printed(pid)


def _has_printed(pid: int) -> bool:
    """Its interpreter is up: it wrote its one line, which lies in the pipe."""
    return (Path(f"/proc/{pid}/io").read_bytes().split(b"\n")[1]).split()[-1] != b"0"


def call(pid: int, tid: int, target: str) -> tr.Call:
    return tr.Call(
        pid=pid, tid=tid, name="read", fd=0, target=target, size=1, limited=False
    )  # fmt: skip


def test_the_submissions_frames_are_told_innermost_first(reader: Stacks, tmp_path: Path) -> None:
    text = """\
        import os
        def attendre():
            return os.read(0, 1)
        print("up", flush=True)
        attendre()
        print("goes on", flush=True)
        """
    with stuck(tmp_path, text) as process:
        calls = [call(process.pid, process.pid, "pipe")]
        frames = reader.frames(calls, str(tmp_path))
        assert frames == (
            tr.Frame(file="prog.py", line=3, function="attendre"),
            tr.Frame(file="prog.py", line=5, function="<module>"),
        )
        assert reader.frames(calls, "/elsewhere") == ()
        # It was only looked at.
        assert process.communicate(b"x")[0] == b"up\ngoes on\n"
        assert process.returncode == 0


def test_the_thread_on_the_connection_tells_more_than_one_that_joins_it(
    reader: Stacks, tmp_path: Path
) -> None:
    text = """\
        import os, threading
        def serve():
            os.read(0, 1)
        thread = threading.Thread(target=serve)
        thread.start()
        print("up", flush=True)
        thread.join()
        """
    with stuck(tmp_path, text, threads=2) as process:
        first, second = sorted(proc.threads(process.pid))
        calls = [call(process.pid, first, ""), call(process.pid, second, "connection")]
        assert reader.frames(calls, str(tmp_path))[0].line == 3
        calls = [call(process.pid, first, "keyboard"), call(process.pid, second, "")]
        assert reader.frames(calls, str(tmp_path))[-1].line == 7


def test_a_program_of_another_language_has_no_line(reader: Stacks, tmp_path: Path) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        assert reader.frames([call(process.pid, process.pid, "pipe")], str(tmp_path)) == ()


def test_nothing_is_known_of_one_that_is_gone(reader: Stacks, tmp_path: Path) -> None:
    assert reader.frames([call(2**22 - 1, 2**22 - 1, "pipe")], str(tmp_path)) == ()
    assert reader.frames([], str(tmp_path)) == ()


@pytest.mark.parametrize(
    "text",
    [
        '#!/bin/sh\necho \'[{"os_thread_id": 1, "frames": [{}]}]\'',
        "#!/bin/sh\necho nonsense",
        "#!/bin/sh\nexec /bin/cat /dev/zero",
        "no program at all",
    ],
    ids=["other fields", "no JSON", "endless", "no program"],
)
def test_what_is_not_understood_is_no_line(tmp_path: Path, text: str) -> None:
    other = tmp_path / "py-spy"
    other.write_text(text)
    other.chmod(0o755)
    reading = Stacks(other)
    assert reading.frames([call(os.getpid(), threading.get_native_id(), "")], "/") == ()
    reading.close()


def test_without_it_there_is_no_line(tmp_path: Path) -> None:
    for path in (None, tmp_path / "missing"):
        without = Stacks(path)
        assert without.frames([call(os.getpid(), os.getpid(), "")], "/") == ()
        without.close()
