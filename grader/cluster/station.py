"""The process that plays on a machine of a cluster: questions come in, replies go out, as bytes.

It is a process of its own beside Dask's worker: an engine wants a thread that lives as long as it
does and a process that nobody else makes threads in, and what travels is never an object. It
isolates what it plays as a grading of this machine's own would, or refuses.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
import traceback
from dataclasses import replace
from functools import lru_cache
from types import FrameType
from typing import NoReturn, assert_never

import msgspec

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import __version__
from grader.cluster import orders
from grader.cluster.orders import (
    Ask,
    Broken,
    Described,
    How,
    Order,
    Refused,
    Reply,
    difference,
)
from grader.run import messages, privileges
from grader.run.engine import Engine
from grader.run.errors import HostError
from grader.run.host import HostReport, choose_isolation, probe
from grader.run.jobs import EngineOptions, Isolation
from grader.run.meter import OFF, Clocks, Meter, Spent
from grader.run.options import RUNS_PER_CORE, options_for


@lru_cache(maxsize=4)
def _host(interpreter: str | None) -> HostReport:
    return probe(interpreter)


class Tally(Meter):
    """Adds up what the engine's workers say that they have spent, whatever it was for."""

    listens = True

    def __init__(self) -> None:
        self._clocks = Clocks()

    def answered(self, key: str, spent: Spent) -> None:
        """A worker is done with something, and has spent that."""
        for phase, (wall, cpu) in spent.items():
            self._clocks.add(phase, wall, cpu)

    def started(self, wall: int) -> None:
        """A worker was ready so many ns after its start."""
        self._clocks.add("start", wall, 0)

    def taken(self) -> dict[str, tuple[int, int]]:
        """All of it since the last time."""
        return self._clocks.taken()


class Station:
    """Answers questions; it keeps its engine, and with it its workers, from one to the next."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._engine: Engine | None = None
        self._tally = Tally()
        self._made: tuple[object, ...] = ()

    def answer(self, data: bytes) -> bytes:
        """The reply to a question; whatever goes wrong is one, too."""
        try:
            told = self._reply(data)
        except HostError as error:
            told = Refused(why=str(error))
        except Exception:
            told = Broken(said=traceback.format_exc())
        return orders.encoded(told)

    def _reply(self, data: bytes) -> Reply:
        asked = orders.question(data)
        if isinstance(asked, Ask):
            return self._describe(asked)
        if isinstance(asked, Order):
            return self._play(asked)
        assert_never(asked)

    def _describe(self, asked: Ask) -> Described:
        host = _host(asked.interpreter)
        isolation = choose_isolation(asked.isolation, "grade", host)
        weaker = tuple(fact.name for fact in host.weaker) if isolation == "full" else ()
        return Described(how=how(host, isolation), weaker=weaker)

    def _play(self, order: Order) -> Reply:
        host = _host(order.interpreter)
        isolation = choose_isolation(order.how.isolation, "grade", host)
        if (mine := how(host, isolation)) != order.how:
            return Refused(why=difference(order.how, mine))
        engine = self._engine_of(host, isolation, order)
        jobs = orders.jobs_of(order, shutil.which("strace"))
        self._tally.taken()  # what an order has left that came to no answer
        began = time.perf_counter_ns()
        answer = orders.answer_of(order.key, engine.play(jobs))
        if not order.metered:
            return answer
        took = time.perf_counter_ns() - began
        return msgspec.structs.replace(answer, took=took, spent=self._tally.taken())

    def _engine_of(self, host: HostReport, isolation: Isolation, order: Order) -> Engine:
        """The engine for such orders; workers know the languages of one lab."""
        wanted = (
            order.interpreter, isolation, order.runs, order.cold, order.metered, order.lab,
        )  # fmt: skip
        if self._engine is None or wanted != self._made:
            self._stack.close()
            meter = self._tally if order.metered else OFF
            self._engine = self._stack.enter_context(
                Engine(options_of(host, isolation, order), meter)
            )
            self._made = wanted
        return self._engine


def options_of(host: HostReport, isolation: Isolation, order: Order) -> EngineOptions:
    """A station's engine has the runs of one core, for there is a station for each.

    Where nobody says how many runs at once, it begins with one, and looks at the load of all cores
    that it may use before it begins one more: what the stations beside it take is in that.
    """
    options = options_for(
        host, isolation, jobs=order.runs or RUNS_PER_CORE, warm="never" if order.cold else "pays"
    )
    return replace(options, measured=not order.runs, at_first=0 if order.runs else 1)


def how(host: HostReport, isolation: Isolation) -> How:
    """How this machine plays."""
    return How(tool=__version__, isolation=isolation, facts=host.facts_mode, python=host.version)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM, also when Dask's worker is gone: what runs is ended and removed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(143)


def main() -> None:
    """Entry point: `station QUESTIONS REPLIES PARENT`, two descriptors and a process."""
    questions, replies, parent = (int(word) for word in sys.argv[1:4])
    for fd in (questions, replies):
        os.set_inheritable(fd, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    privileges.die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(1)
    with contextlib.ExitStack() as stack, contextlib.suppress(BrokenPipeError):
        station = Station(stack)
        while (data := messages.read_frame(questions)) is not None:
            messages.send(replies, station.answer(data))
