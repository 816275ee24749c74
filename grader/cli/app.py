"""The program `wiregrade`: which command, with what, and how it ends.

Commands live in modules of their own, imported when they are chosen. Every ending is an
exit status of `grader.cli.errors`; what nobody foresaw is our fault (3), never a traceback
in somebody's face unless `--debug` asks for it.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from types import FrameType
from typing import NoReturn

import grader
from grader.cli import early, errors, options

COMMANDS = {
    "grade": "grade a folder of submissions",
    "check": "check one's own programs",
    "matrix": "play every server with every client of a class, for information",
    "report": "judge and write a graded folder again, running nothing",
    "adjust": "give points by hand, with a reason that stays",
    "merge": "bring parts of a class together that were graded apart",
    "export": "write the grades as another system takes them, running nothing",
    "diff": "say what one grading of a class changes against another",
    "verify": "say whether a graded folder is as it was written, running nothing",
    "new": "write a lab to begin with, from a few questions",
    "validate": "say what is wrong with a lab",
    "show": "show a lab's exchanges, or make the students' handout from it",
    "try": "play a lab with a program made from it, and tell each event",
    "reference": "play the reference by hand, in a terminal",
    "explain": "explain a mistake that reports name",
    "init": "write the files that GitHub, GitLab, Gradescope or PrairieLearn want",
    "completion": "print what makes a shell complete commands and options",
    "bench": "measure what grading costs on this machine, beside other ways",
    "doctor": "say what this machine can do, and what it lacks",
    "schema": "print the JSON Schema of results, or of a lab's files",
}

_MODULES = {"try": "trying"}
"""Commands whose module can't have their name."""


_PLAYS_AT_ONCE = ("check", "grade")
"""Commands whose workers import what they need while the command does."""
_SAY_DEFAULTS = ("check", "grade")
"""Commands whose verdicts a folder's file may change, by a lab or by `only`: they say so."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parsed = parser(given).parse_args(given)
    except SystemExit as ending:  # --help, --version, or a usage error
        return ending.code if isinstance(ending.code, int) else errors.BAD_INPUT
    early.begun()
    previous = _sigterm_is_ctrl_c()
    try:
        return _run(parsed)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return errors.INTERRUPTED
    except BrokenPipeError:
        from grader.cli import streams

        streams.drop(sys.stdout)  # `| head`
        return errors.FAULT
    finally:
        if previous is not None:
            signal.signal(signal.SIGTERM, previous)


def parser(given: Sequence[str], *, whole: bool = False) -> argparse.ArgumentParser:
    """The parser of the command in `given`; only that one's options are built unless `whole`."""
    top = _Parser(
        prog="wiregrade",
        description="Grades socket-programming labs: plays the other side, watches the wire, "
        "explains the mistake.",
        epilog="wiregrade COMMAND --help says more. Exit status: 0 done, 1 check only: some "
        "criterion does not pass, 2 usage, lab or input wrong, 3 something could not be graded "
        "through a fault of this machine or of Wiregrade, 130 interrupted.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"wiregrade {grader.__version__}")
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    chosen = next((word for word in given if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        one = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if name == chosen or whole:
            options.ADD[name](one)
            one.add_argument("--debug", action="store_true", help="on a fault, show where")
            one.add_argument(
                "--no-config", action="store_true", help="take no defaults from wiregrade.toml"
            )
        if name == chosen and "--no-config" not in given:
            _take_defaults(one, name, given)
    return top


def _take_defaults(one: argparse.ArgumentParser, name: str, given: Sequence[str]) -> None:
    """Defaults of the current folder's own, if it has any."""
    files = ("wiregrade.toml", "pyproject.toml")
    if not any(os.path.isfile(file) for file in files):  # noqa: PTH113 -- imported only then
        return
    from pathlib import Path

    from grader.cli import defaults

    try:
        found = defaults.apply(one, name, Path(), given)
    except defaults.DefaultsError as error:
        one.error(str(error))
    if found is not None:
        one.epilog = f"Defaults here are those of {found.file}; --no-config takes none."
        if found.options and name in _SAY_DEFAULTS:
            one.set_defaults(from_file=found)


def _run(parsed: argparse.Namespace) -> int:
    if sys.platform == "linux" and _plays_at_once(parsed):
        from grader.run import ahead

        with ahead.begun(parsed.python):
            return _run_command(parsed)
    else:
        return _run_command(parsed)


def _plays_at_once(parsed: argparse.Namespace) -> bool:
    """Workers are needed here, and another core can import for them meanwhile."""
    if parsed.command not in _PLAYS_AT_ONCE or getattr(parsed, "executor", "local") != "local":
        return False
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def _run_command(parsed: argparse.Namespace) -> int:
    from grader.cli import streams

    streams.never_fail_on_encoding()
    from_file = getattr(parsed, "from_file", None)
    if from_file is not None:
        streams.note(from_file.line(parsed.lang))
    try:
        module = _MODULES.get(parsed.command, parsed.command)
        command = importlib.import_module(f"grader.cli.{module}")
        early.over()
        status: int = command.run(parsed)
    except BrokenPipeError:
        raise
    except Exception as error:
        if parsed.debug:
            streams.note("".join(traceback.format_exception(error)).rstrip("\n"))
        from grader.cli.blame import told

        message, status = told(error, getattr(parsed, "lang", None))
        streams.note(message)
    return status


class _Parser(argparse.ArgumentParser):
    """Says what was probably meant."""

    def error(self, message: str) -> NoReturn:
        """End with status 2, usage and `message` on stderr."""
        if "invalid choice: " in message and "(choose from " in message:
            wrong = message.split("invalid choice: ", 1)[1].split(" (choose from ", 1)[0]
            known = message.split("(choose from ", 1)[1].rstrip(")").replace("'", "").split(", ")
            near = get_close_matches(wrong.strip("'"), known, n=1, cutoff=0.5)
            if near:
                message += f"; did you mean {near[0]!r}?"
        # A shell's `*` makes arguments of what students called their files.
        from grader.formats.safe import no_commands, one_line

        super().error(no_commands(one_line(message)))


def _sigterm_is_ctrl_c() -> signal.Handlers | None:
    """A batch system ends jobs by SIGTERM: it is to leave as little behind as Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        handler = signal.getsignal(signal.SIGINT)
        if not callable(handler):  # Ctrl-C is nothing to us, the end of a job is
            raise KeyboardInterrupt
        handler(number, frame)

    try:
        previous = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not in the main thread: somebody else's program
        return None
    return previous if isinstance(previous, signal.Handlers) else None
