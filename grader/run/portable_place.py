"""Where runs are played on macOS and Windows: on the machine as it is, paced by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader import transcript as tr
from grader.lab.languages import PYTHON, language_of
from grader.lab.model import Limits, Role, Scenario
from grader.run import sharedport
from grader.run.errors import HostError
from grader.run.interpreter import Interpreter
from grader.run.jobs import EngineOptions, FactsMode, Job, PlayedRun
from grader.run.look import Facts
from grader.run.paced import PacedFacts
from grader.run.portable import PortableProgram
from grader.run.runner import Traces
from grader.run.started import NOTHING_GIVEN, Given

_NO_PAIR = "two programs are played with each other on Linux only"
_PYTHON_ALONE = "{title} programs are played on Linux only; here only Python is"
_NO_TRACE = "calls are traced on Linux only"


@dataclass
class PortablePlace:
    """A `grader.run.runner.Place` that needs nothing of the system."""

    options: EngineOptions
    interpreter: Interpreter

    capture = None
    private_network = False
    facts: FactsMode = "paced"
    no_pair = _NO_PAIR

    def prepare(self, scenario: Scenario, port: int) -> None:
        """Wait until a server can have the port, be it the program's or ours.

        Of others that play on this machine nothing is known here.
        """
        if scenario.tests != "both" and scenario.protocol != "unix":
            sharedport.await_free(lambda: sharedport.can_bind(port))

    def over(self) -> None:
        """Nothing is held."""

    def compiled(self, job: Job) -> None:
        """Nothing is built here.

        Raises:
            HostError: the program is none of Python's.
        """
        language = language_of(job.program, job.lab.languages)
        if language != PYTHON:
            raise HostError(_PYTHON_ALONE.format(title=language.title))

    def made_by(self, job: Job) -> str:
        """The interpreter, whatever is asked for."""
        return f"Python {self.interpreter.version}"

    def start(self, job: Job, given: Given = NOTHING_GIVEN) -> PortableProgram:
        """Start the job's program, up to the gate."""
        return PortableProgram(
            self.interpreter, job.files, job.program, job.lab.limits, given=given
        )

    def ahead(self) -> None:
        """Nothing can be made ready here: there is no sandbox."""

    def facts_of(self, program: PortableProgram, path: str = "", inside: str = "") -> Facts:
        """What the clock tells, and of the tree what the system tells."""
        return PacedFacts(program, used=program.usage, listening=program.listeners)

    def frames_of(self, job: Job) -> Callable[[Sequence[tr.Call], str], tuple[tr.Frame, ...]]:
        """Unknown while it runs."""
        return lambda _calls, _folder: ()

    def located(self, job: Job, entries: Iterable[tr.AnyEntry]) -> list[tr.AnyEntry]:
        """Python says lines already."""
        return list(entries)

    def tracing(self, strace: str) -> Traces[PortableProgram]:
        """Not here.

        Raises:
            HostError: always.
        """
        raise HostError(_NO_TRACE)

    def play_pair(
        self,
        job: Job,
        limits: Limits,
        start: Callable[[Role], PortableProgram],
        header: Callable[[datetime], tr.Header],
    ) -> PlayedRun:
        """Not here: `no_pair` says so before.

        Raises:
            HostError: always.
        """
        raise HostError(_NO_PAIR)
