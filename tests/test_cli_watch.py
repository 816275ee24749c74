"""`check --watch`: what it says at each change, and that Ctrl-C leaves nothing."""

from __future__ import annotations

import argparse
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fcntl import ioctl
from pathlib import Path

import pytest
from batch_tools import submission
from engine_tools import bwrap
from transcripts import LAB, Play, right_client, right_server, served, server
from transcripts import grade as graded

import grader
from grader.cli import app
from grader.cli.checked import Checked
from grader.cli.errors import CommandError
from grader.cli.watch import Watch
from grader.formats.delta import delta_text
from grader.intake.errors import InputError
from grader.intake.texts import same, text
from grader.judge.model import Grade, Status
from grader.submission import SourceFile, Submission

ROOT = Path(grader.__file__).parent.parent
RIGHT = graded(right_server(), right_client())
STUCK = graded(served(server()).we_close().stuck(7), right_client())
UNREADABLE = graded(
    Play("server-nominal").raises("SyntaxError: invalid syntax", 7, "print(").exits(1),
    right_client(),
)


class StoppedError(Exception):
    """The end of a test's script; Ctrl-C in life."""


class Script:
    """Programs as they are at each change, and what checking them comes to."""

    def __init__(self, *steps: tuple[bytes | Exception, Grade | Exception | None]) -> None:
        self.steps = list(steps)
        self.checked: list[Submission] = []
        self.step = self.steps.pop(0)

    def read(self) -> Submission:
        programs, _ = self.step
        if isinstance(programs, Exception):
            raise programs
        return submission("a", text=programs)

    def check(self, found: Submission) -> Checked:
        self.checked.append(found)
        _, grade = self.step
        if isinstance(grade, Exception):
            raise grade
        assert grade is not None, "it is not to be checked"
        return Checked(lab=LAB, grade=grade, kept=found, runs=(), traced=(), isolation="full")

    def wait(self) -> Sequence[str]:
        if not self.steps:
            raise KeyboardInterrupt
        self.step = self.steps.pop(0)
        return ("serveur.py",)


def play(
    capsys: pytest.CaptureFixture[str],
    *steps: tuple[bytes | Exception, Grade | Exception | None],
    lang: str = "en",
) -> tuple[str, str]:
    given = argparse.Namespace(lang=lang, html=None, open=False, format="text", path=".")
    script = Script(*steps)
    with pytest.raises(KeyboardInterrupt):
        Watch(given, script, script).run()  # type: ignore[arg-type]
    told = capsys.readouterr()
    return told.out, told.err


def test_it_says_what_was_won_and_what_was_lost(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = play(capsys, (b"1", STUCK), (b"2", RIGHT), (b"3", STUCK))
    first, second, third = out.split("criteria passed")[:3]
    assert "Since the last time" not in first + second
    assert "  + won: Close the connection (0 → 1)\n" in third
    assert "    grade: 18 → 20\n" in third
    assert "  - lost: Close the connection (1 → 0)\n" in out
    assert err.count("serveur.py: checking again…") == 2
    assert err.count("Save a program and it is checked again. Ctrl-C ends this.") == 3


def test_the_same_verdicts_are_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = play(capsys, (b"1", STUCK), (b"2", STUCK), lang="fr")
    assert out.rstrip().endswith("Depuis la fois d’avant\u00a0: aucun critère n’a changé.")


def test_a_save_that_changes_nothing_plays_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = play(capsys, (b"1", STUCK), (b"1", None), (b"1", None))
    assert out.count("criteria passed") == 1
    assert "checking again" not in err


def test_a_half_written_program_costs_nothing_and_the_last_result_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, err = play(capsys, (b"1", STUCK), (b"2", UNREADABLE), (b"", None), (b"3", RIGHT))
    assert "serveur.py:7: Python cannot read this program yet. The last result stays." in err
    assert "serveur.py: this program is empty. The last result stays." in err
    assert out.count("criteria passed") == 2
    assert "lost:" not in out
    assert "+ won: Close the connection (0 → 1)" in out


def test_what_was_unreadable_from_the_start_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = play(capsys, (b"1", UNREADABLE), (b"2", UNREADABLE))
    assert out.count("Python cannot read the program") >= 2
    assert "yet" not in err


def test_what_goes_wrong_is_said_and_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    gone = InputError(text("{where} n'existe pas.", "{where} doesn't exist.", where=same("x")))
    out, err = play(capsys, (b"1", STUCK), (gone, None), (b"2", RuntimeError("x")), (b"3", RIGHT))
    assert "doesn't exist" in err
    assert "fault of Wiregrade" in err
    assert "+ won: Close the connection" in out


def test_after_a_fault_the_same_programs_are_checked_at_the_next_save(
    capsys: pytest.CaptureFixture[str],
) -> None:
    taken = CommandError("port 65432 is taken")
    out, err = play(capsys, (b"1", STUCK), (b"2", taken), (b"2", RIGHT))
    assert "port 65432 is taken" in err
    assert "+ won: Close the connection" in out


def test_the_first_check_fails_as_without_watch(capsys: pytest.CaptureFixture[str]) -> None:
    given = argparse.Namespace(lang="en", html=None, open=False, format="text", path=".")
    script = Script((StoppedError("no lab"), None))
    with pytest.raises(StoppedError):
        Watch(given, script, script).run()  # type: ignore[arg-type]


def test_only_verdicts_of_both_times_are_compared() -> None:
    fewer = replace(RIGHT, criteria=RIGHT.criteria[7:], max_score=RIGHT.max_score / 2)
    assert "no criterion has changed" in delta_text(STUCK, fewer, "en")
    lost = tuple(replace(j, status=Status.NOT_RUN, points=j.points * 0) for j in RIGHT.criteria)
    assert "no criterion has changed" in delta_text(RIGHT, replace(RIGHT, criteria=lost), "en")


def test_it_is_for_people_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "serveur.py").write_text("pass\n")
    asked = ["check", str(tmp_path), "--watch", "--format", "json", "--lang", "en"]
    assert app.main(asked) == 2
    assert "--format text only" in capsys.readouterr().err


# --- in a terminal -----------------------------------------------------------------------


class Terminal:
    """A program in a terminal of 80 columns, and a person who reads it."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "LANG": "C.UTF-8"}
        for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
            environment.pop(name, None)

        def owns_terminal() -> None:
            os.setsid()
            ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGINT, signal.default_int_handler)

        self.program = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment,
            preexec_fn=owns_terminal,
        )  # fmt: skip
        os.close(slave)
        self.seen = b""

    def read_until(self, fact: str, after: int = 0) -> int:
        """Read until this is on the screen (behind `after`); where it ends."""
        while (at := self.seen.find(fact.encode(), after)) < 0:
            ready, _, _ = select.select([self.master], [], [], 240)
            assert ready, f"{fact!r} never came; there is: {self.seen[-2000:]!r}"
            self.seen += os.read(self.master, 65536)
        return at + len(fact.encode())

    def rest(self) -> bytes:
        """What is still written until the program has ended."""
        while True:
            try:
                more = os.read(self.master, 65536)
            except OSError:  # Linux: nobody has the other side open any more
                return self.seen
            if not more:
                return self.seen
            self.seen += more


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def start(folder: Path, *more: str) -> Terminal:
        command = [sys.executable, "-m", "grader", "check", "--watch", "--lang", "en", *more]
        opened.append(Terminal(command, folder))
        return opened[-1]

    yield start
    for one in opened:
        one.program.kill()
        one.program.wait()
        os.close(one.master)


@pytest.mark.sandbox
def test_save_by_save_in_a_terminal_until_ctrl_c(
    tmp_path: Path, terminal: Callable[..., Terminal]
) -> None:
    bwrap()
    folder = tmp_path / "lab"
    folder.mkdir()
    wrong, right = (ROOT / "submissions" / n / "serveur.py" for n in ("faute_port", "juste_enonce"))
    shutil.copy(wrong, folder / "serveur.py")
    screen = terminal(folder, "--only", "server.listen", "--html", "report.html")
    at = screen.read_until("0/1 criteria passed")
    at = screen.read_until("Ctrl-C ends this.", at)
    assert "</html>" in (folder / "report.html").read_text()
    # Half saved, then whole, as an editor does it that renames.
    (folder / "serveur.py").write_text(right.read_text() + "\nprint(")
    at = screen.read_until("Python cannot read this program yet", at)
    (folder / "new").write_bytes(right.read_bytes())
    (folder / "new").replace(folder / "serveur.py")
    at = screen.read_until("\x1b[H\x1b[2J", at)
    at = screen.read_until("won: Listen on port 65432 (0 → 1)", at)
    at = screen.read_until("Ctrl-C ends this.", at)
    os.write(screen.master, b"\x03")
    seen = screen.rest()
    assert screen.program.wait() == 130
    assert b"Traceback" not in seen
    with pytest.raises(ProcessLookupError):
        os.killpg(screen.program.pid, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "serveur.py"]


def test_the_sources_are_compared_by_content() -> None:
    one = submission("a", text=b"1")
    assert one.digest == submission("a", text=b"1").digest != submission("a", text=b"2").digest
    assert one.files == (SourceFile(path="serveur.py", data=b"1"),)
