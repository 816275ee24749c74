"""CPU of a tree is added up whatever its processes do, and nothing counts twice."""

from __future__ import annotations

from textwrap import dedent

import engine_tools as tools
import pytest

from grader.run.account import Account
from grader.run.usage import Used


def used(pid: int, own: int, *, reaped: int = 0, born: int = 1, tasks: int = 1) -> Used:
    return Used(pid=pid, born=born, own=own, reaped=reaped, system=1, memory=10, tasks=tasks)


def test_everything_that_is_there_is_added_up() -> None:
    found = Account().usage([used(1, 5, reaped=2), used(2, 3, tasks=0), used(3, 1)])
    assert found == (11, 3, 30, 2)


def test_a_child_that_was_seen_and_then_reaped_counts_once() -> None:
    account = Account()
    assert account.usage([used(1, 10), used(2, 30)]).cpu == 40
    assert account.usage([used(1, 10, reaped=30)]).cpu == 40
    assert account.usage([used(1, 15, reaped=30)]).cpu == 45


def test_children_that_vanish_count_as_they_were_seen_last() -> None:
    account = Account()
    for child in range(2, 12):
        account.usage([used(1, 1), used(child, 20)])
    assert account.usage([used(1, 1)]).cpu == 201


def test_a_number_that_is_given_again_is_another_process() -> None:
    account = Account()
    account.usage([used(2, 20)])
    assert account.usage([used(2, 7, born=2)]).cpu == 27


def test_a_process_that_shows_less_has_used_no_less() -> None:
    account = Account()
    account.usage([used(2, 20)])
    assert account.usage([used(2, 0)]).cpu == 20
    assert account.usage([used(2, 21)]).cpu == 21


_BURN = """
    import os, signal, time
    def burn():
        end = time.process_time() + 0.1
        while time.process_time() < end: pass
    """
_ORPHANS = """
    for _ in range(40):
        if (child := os.fork()) == 0:
            if os.fork() == 0: burn()
            os._exit(0)
        os.waitpid(child, 0)
        time.sleep(0.01)
    """
_UNREAPED = """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(40):
        if (child := os.fork()) == 0:
            burn()
            os._exit(0)
        try: os.waitpid(child, 0)
        except ChildProcessError: pass
    """


@pytest.mark.sandbox
@pytest.mark.parametrize("hidden", [_ORPHANS, _UNREAPED], ids=["orphans", "unreaped"])
def test_cpu_of_children_that_nobody_reaps_is_the_programs(hidden: str) -> None:
    """4 s of it, where 1 is allowed; 40 processes where 64 are."""
    with tools.engine("full") as engine:
        lab = tools.with_limits(tools.tp09(), cpu=1.0, wall=60.0)
        end = tools.run(engine, tools.job(dedent(_BURN) + dedent(hidden), lab=lab)).end
    assert (end.outcome, end.limit) == ("limit", "cpu")
    assert 1e9 < end.cpu < 4e9
