"""What a program uses is the most that the kernel tells of it, by whatever way."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import cast

import pytest

from grader.run import proc
from grader.run.program import Program
from grader.run.tally import Tally
from grader.run.usage import Disk, Used


def program(group: object = None, disk: Disk | None = None) -> Program:
    """One that is a single process: this one."""
    there = [os.getpid()]
    return cast(
        "Program",
        SimpleNamespace(
            remains=lambda: there, processes=lambda: there, group=group,
            disk=lambda: disk or Disk(),
        ),
    )  # fmt: skip


def test_a_group_knows_more_of_the_cpu_than_its_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lives for less than there is between two looks is in its count alone."""
    one = Used(pid=1, born=1, own=5, reaped=2, system=3, memory=10, tasks=1)
    monkeypatch.setattr(proc, "used", lambda _: one)
    assert Tally(program()).usage() == (7, 3, 10, 1)
    for told, cpu in ((100, 100), (0, 7)):
        group = SimpleNamespace(cpu=lambda told=told: told)
        assert Tally(program(group)).usage() == (cpu, 3, 10, 1)


@pytest.mark.parametrize(
    ("disk", "size"), [(Disk(50), 150), (Disk(10), 120), (Disk(50, bounded=False), 120)]
)
def test_files_in_memory_count_once(disk: Disk, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proc, "resident", lambda _: (100, 20))
    assert Tally(program(disk=disk)).resident() == size
