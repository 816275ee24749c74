"""Ctrl-C while a command is still being imported: quiet, never forgotten, never a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_INTERRUPT = "import signal; signal.raise_signal(signal.{name})\n"


def ran(code: str) -> tuple[int, str, str]:
    """Status, stdout and stderr of a Python that runs this."""
    given = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"
    command = [sys.executable, "-P", "-c", given, "show", "tp09"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


INTERRUPT = _INTERRUPT.format(name="SIGINT")
EARLY = "from grader.cli import early\nearly.begin()\n"
SHOWN = "try: {what}\nexcept KeyboardInterrupt: print('interrupted')\n"


def test_before_anything_is_begun_it_ends_at_once() -> None:
    assert ran(f"{EARLY}{INTERRUPT}print('goes on')") == (130, "", "\n")


def test_once_something_is_begun_it_is_remembered() -> None:
    code = f"{EARLY}early.begun()\n{INTERRUPT}print('imported')\n"
    code += SHOWN.format(what="early.over()") + SHOWN.format(what="early.over(); print('begins')")
    code += SHOWN.format(what="signal.raise_signal(signal.SIGINT)")
    assert ran(code) == (0, "imported\ninterrupted\nbegins\ninterrupted\n", "")


def test_who_asks_twice_does_not_wait() -> None:
    code = f"{EARLY}early.begun()\n{INTERRUPT}"
    code += SHOWN.format(what="signal.raise_signal(signal.SIGINT)")
    assert ran(code) == (0, "interrupted\n", "")


def test_who_ignores_it_goes_on_ignoring_it() -> None:
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    code += f"{EARLY}{INTERRUPT}early.begun()\n{INTERRUPT}early.over()\n{INTERRUPT}print('on')"
    assert ran(code) == (0, "on\n", "")


def test_not_in_a_thread_of_somebody_elses() -> None:
    code = "import signal, threading\nfrom grader.cli import early\n"
    code += "one = threading.Thread(target=early.begin); one.start(); one.join()\n"
    code += "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    assert ran(code) == (0, "True\n", "")


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("grader.cli.app", signal.SIGINT),
        ("grader.cli.show", signal.SIGINT),
        ("grader.cli.show", signal.SIGTERM),
    ],
)
def test_a_command_that_is_interrupted_while_it_is_imported(
    module: str, number: signal.Signals
) -> None:
    code = f"""
import importlib.abc, signal
class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            signal.raise_signal({int(number)})
sys.meta_path.insert(0, Interrupting())
from grader.__main__ import main
sys.exit(main())
"""
    assert ran(code) == (130, "", "\n")
