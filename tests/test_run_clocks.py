"""Whether a program may yet go on by itself, from calls, counters and the alarms of real ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

import pytest
from test_run_timers import Clock

from grader.run import syscalls
from grader.run.clocks import Clocks, ends_by_itself, has_alarm
from grader.run.proc import ThreadCall
from grader.run.runtimes import PLAIN, Runtime
from grader.run.syscalls import CallFacts
from grader.run.threads import Thread, Threads

NAP = CallFacts("clock_nanosleep", "sleep", limited=True)
READ = CallFacts("read", "read", fd=0, reads=frozenset((0,)))
NOWHERE = 2**22 - 1
"""No process has this number: nothing can be asked of it, and so it may have an alarm."""


def thread(facts: CallFacts, runs: int = 1, tid: int = 1, milliseconds: int = -1) -> Thread:
    number = next(n for n, name in syscalls.NAMES.items() if name == facts.name)
    limit = milliseconds & 0xFFFF_FFFF
    call = ThreadCall(NOWHERE, tid, number, (0, 0, limit, limit, 0, 0), b"")
    return Thread(call, facts, (runs, runs), still=True)


@pytest.mark.parametrize(
    ("facts", "ends"),
    [
        (NAP, True),
        (CallFacts("ppoll", "poll", limited=True, reads=frozenset((4,))), True),
        (CallFacts("epoll_pwait", "poll", limited=True, fd=3, reads=frozenset((4, 5))), True),
        (CallFacts("futex", "futex", limited=True), True),
        (CallFacts("rt_sigtimedwait", "wait", limited=True), True),
        (CallFacts("ppoll", "poll", reads=frozenset((4,))), False),
        (CallFacts("futex", "futex"), False),
        (CallFacts("connect", "connect", limited=True), False),
    ],
)
def test_a_wait_that_ends_by_itself(facts: CallFacts, ends: bool) -> None:
    assert ends_by_itself(thread(facts)) == ends


@pytest.mark.parametrize(("milliseconds", "ends"), [(300, True), (9_999, True), (10_000, False)])
@pytest.mark.parametrize("name", sorted({"poll", "epoll_pwait"} & {*syscalls.NAMES.values()}))
def test_one_that_is_longer_than_a_run_does_not(name: str, milliseconds: int, ends: bool) -> None:
    facts = CallFacts(name, "poll", limited=True, reads=frozenset((4,)))
    assert ends_by_itself(thread(facts, milliseconds=milliseconds)) == ends


def test_it_may_go_on_until_it_has_come_back_twice_and_two_seconds_are_over() -> None:
    quick = Clocks(PLAIN, Clock(0.1))
    assert all(quick.pending([thread(NAP, runs)], "sent") for runs in range(15))
    slow = Clocks(PLAIN, Clock(10))
    for runs in (1, 1, 2, 2):
        assert slow.pending([thread(NAP, runs)], "sent")
        assert not slow.alarmed
    assert not Clocks(PLAIN, Clock(10)).pending([], "sent")


def test_what_happens_begins_it_anew() -> None:
    clocks = Clocks(PLAIN, Clock(10))
    for runs in (1, 2, 3):
        clocks.pending([thread(NAP, runs)], "sent")
    assert clocks.pending([thread(NAP, 3)], "printed")


def test_threads_of_its_runtime_act_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def second_is_its_own(
        _: Runtime, threads: Iterable[tuple[int, int]]
    ) -> frozenset[tuple[int, int]]:
        return frozenset(one for one in threads if one[1] == 2)

    monkeypatch.setattr(Runtime, "helpers", second_is_its_own)
    monkeypatch.setattr("grader.run.clocks.has_alarm", lambda *_: False)
    clocks = Clocks(PLAIN, Clock())
    assert not clocks.pending([thread(READ), thread(NAP, tid=2)], "sent")
    assert clocks.pending([thread(READ), thread(NAP, tid=3)], "sent")


def test_an_alarm_is_waited_for_as_long_and_no_longer() -> None:
    clocks = Clocks(PLAIN, Clock(0.7))
    told = [(clocks.pending([thread(READ)], "sent"), clocks.alarmed) for _ in range(4)]
    assert told == [(True, True), (True, True), (False, False), (False, False)]


@pytest.mark.parametrize(
    ("code", "alarmed"),
    [
        ("sys.stdin.read()", False),
        ("signal.sigwait([signal.SIGALRM])", True),
        ("signal.sigwait([signal.SIGUSR1])", False),
        ("signal.signal(signal.SIGALRM, print); sys.stdin.read()", True),
        ("signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); sys.stdin.read()", False),
        ("c.signalfd(-1, (8).to_bytes(1) + (32).to_bytes(8), 0); sys.stdin.read()", False),
        ("c.signalfd(-1, (8192).to_bytes(128, 'little'), 0); sys.stdin.read()", True),
    ],
)
def test_an_alarm_with_a_handler_or_one_who_awaits_it(code: str, alarmed: bool) -> None:
    before = "import ctypes, signal, sys\nc = ctypes.CDLL(None)\nprint(flush=True)\n"
    with subprocess.Popen(
        [sys.executable, "-ISc", before + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        threads = Threads(lambda: [process.pid])
        while not (seen := threads.look()) or not threads.all_blocked or not _waits(seen):
            pass
        assert has_alarm(seen, PLAIN) == alarmed
        threads.close()
        process.kill()


def _waits(threads: tuple[Thread, ...]) -> bool:
    return all(one.facts.name in ("read", "rt_sigtimedwait") for one in threads)
