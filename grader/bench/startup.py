"""(d) How soon each command is there, and how soon a student has a verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench.ground import Figures, Ground, interleaved
from grader.bench.model import Row, Section
from grader.resources import samples_root


def measure(ground: Ground, commands: Sequence[str]) -> Section:
    """`--help`, the help of each command, `check` on one correct submission."""
    sample = str(samples_root() / "juste_enonce")
    check = ("check", sample, "--python", ground.host.python)
    some = commands if not ground.quick else commands[:4]
    ways: dict[str, Callable[[], Figures]] = {
        "help": lambda: _took(ground, "--help"),
        **{name: lambda name=name: _took(ground, name, "--help") for name in some},  # type: ignore[misc]
        "check-run": lambda: _took(ground, *check),
        "statement-run": lambda: _took(ground, *check, "--lab", str(ground.lab)),
    }
    found = interleaved(ground, "start-up", ground.size(7, 3), ways)
    alone = "`check`, the statement's exchange alone"
    rows = [_row(found, "help", "help", "`wiregrade --help`"),
            _row(found, "check-run", "check", "`check`, one correct submission, all of tp09"),
            _row(found, "check-run", "check_cpu", "CPU of that", "cpu"),
            _row(found, "statement-run", "check_statement", alone)]  # fmt: skip
    rows += [_row(found, name, f"of.{name}", f"`wiregrade {name} --help`") for name in some]
    return Section(
        id="start", title="Start-up", rows=tuple(rows),
        notes=("Wall from start to end of the process, ms.",),
    )  # fmt: skip


def _row(
    found: dict[str, tuple[float, ...]], way: str, key: str, name: str, what: str = "wall"
) -> Row:
    return Row(key=f"start.{key}", name=name, unit="ms", values=found[f"{way}.{what}"])


def _took(ground: Ground, *arguments: str) -> Figures:
    used = ground.wiregrade(*arguments)
    return {"wall": used.wall, "cpu": used.cpu}
