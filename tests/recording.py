"""Records a student's first minutes for README: `python tests/recording.py`.

Makes an assignment's repository with `wiregrade init github`, clones it, hands in a sample that
many write so at first, and runs `wiregrade check` in a terminal of 80 columns. What the terminal
showed becomes `docs/images/first-minutes.svg`: a picture that needs no font, no script and no
motion to be read, and in which lines come one after another where motion is welcome.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "first-minutes.svg"
SAMPLE = "faute_boucle_accept"
"""A server that goes back to accept(): the first server of many."""
REPOSITORY = "tp09-marie"
COLUMNS, ROWS = 80, 24
PROMPT = "$ "
_ERASED = re.compile(r"[^\n]*\x1b\[2?K")
_OTHER_CONTROLS = re.compile(r"\x1b\[(?![\d;]*m)[?\d;]*[A-Za-z]")
_DELAY_COMMAND, _DELAY_LINE = 1.2, 0.04
"""Seconds of the animation: before what a command prints, and between two lines of it."""


def main() -> None:
    """Record, write the picture, and say how big it is."""
    with TemporaryDirectory(prefix="wiregrade-recording-") as folder:
        lines = first_minutes(Path(folder))
    PICTURE.write_text(picture(lines), "utf-8")
    print(f"{PICTURE.relative_to(ROOT)}  {len(lines)} lines, {PICTURE.stat().st_size // 1024} kB")


def first_minutes(folder: Path) -> list[str]:
    """What the terminal shows, with its colours, from the clone to the first message."""
    origin, clone = folder / "origin" / f"{REPOSITORY}.git", folder / REPOSITORY
    environment = _environment(folder, origin.parent)
    _make_assignment(origin, environment)
    lines = _shown(f"git clone class:{REPOSITORY} && cd {REPOSITORY}", folder, environment)
    for program in (ROOT / "submissions" / SAMPLE).glob("*.py"):
        shutil.copy(program, clone)  # what the student writes in the meantime
    for command in ("ls", "wiregrade check --lang en"):
        lines += _shown(command, clone, environment)
    return lines


def _environment(folder: Path, origin: Path) -> dict[str, str]:
    """A student's: nothing of whoever records. What git calls `class:` is the folder `origin`."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_VALUE_0": "class:",
        "GIT_CONFIG_KEY_0": f"url.{origin}/.insteadOf",
        **{f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER")
           for what, text in (("NAME", "teacher"), ("EMAIL", "teacher@example.org"))},
    }  # fmt: skip


def _make_assignment(origin: Path, environment: Mapping[str, str]) -> None:
    """The teacher's repository, as `wiregrade init github` makes it."""
    work = origin.with_suffix("")
    work.mkdir(parents=True)
    for argv in (
        ["wiregrade", "init", "github", ".", "--lang", "en"],
        ["git", "init", "-q", "-b", "main"],
        ["git", "add", "."],
        ["git", "commit", "-q", "-m", "TP 09"],
        ["git", "clone", "-q", "--bare", ".", str(origin)],
    ):
        subprocess.run(argv, cwd=work, env=dict(environment), check=True, stdout=subprocess.DEVNULL)


def _shown(command: str, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """The prompt with the command, and what it prints in the terminal."""
    printed = in_terminal(command, folder, environment)
    return [f"\x1b[1m{PROMPT}{command}\x1b[0m", *as_left(printed).splitlines()]


def in_terminal(command: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Everything that the shell's command writes to a terminal of its own, as it came.

    Raises:
        SystemExit: it ends in another way than well, or with a criterion that does not pass.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    with subprocess.Popen(
        ["sh", "-c", command], cwd=folder, env=dict(environment),
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(slave)
        parts = []
        while part := _read(master):
            parts.append(part)
    os.close(master)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit status {process.returncode}")
    return b"".join(parts).decode()


def _read(master: int) -> bytes:
    """The next bytes; none when the last writer has left, which Linux tells by EIO."""
    try:
        return os.read(master, 65536)
    except OSError:
        return b""


def as_left(printed: str) -> str:
    """What stays of it on the screen: lines that were erased, as progress is, are gone."""
    text = printed.replace("\r\n", "\n")
    text = _ERASED.sub("", text)
    text = "\n".join(line.rsplit("\r", 1)[-1] for line in text.split("\n"))
    return _OTHER_CONTROLS.sub("", text)


def picture(lines: Sequence[str]) -> str:
    """The terminal as SVG. Without motion, or where nobody runs it, all of it is there."""
    from rich.console import Console
    from rich.text import Text

    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi("\n".join(lines)))
        made = console.export_svg(title="The first minutes", unique_id="first")
    made = re.sub(r"@font-face \{.*?\}", "", made, flags=re.DOTALL)
    made = made.replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
    return made.replace("</style>", f"{_motion(lines)}\n    </style>", 1)


def _motion(lines: Sequence[str]) -> str:
    """CSS by which lines appear in their order, once, for who has not asked for less motion."""
    rules, seconds = [], 0.0
    for number, line in enumerate(lines):
        is_command = line.startswith(f"\x1b[1m{PROMPT}")
        seconds += _DELAY_COMMAND / 2 if is_command else _DELAY_LINE
        rules.append(
            f'text[clip-path="url(#first-line-{number})"] '
            f"{{ animation: first-come 1ms {seconds:.2f}s backwards }}"
        )
        seconds += _DELAY_COMMAND / 2 if is_command else 0
    return "\n".join(
        [
            "@keyframes first-come { from { opacity: 0 } }",
            "@media (prefers-reduced-motion: no-preference) {",
            *rules,
            "}",
        ]
    )


if __name__ == "__main__":
    main()
