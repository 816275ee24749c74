"""Where programs of other languages are got ready in a worker: tools found, programs built."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.lab.languages import PYTHON, Language, language_of
from grader.lab.model import Limits
from grader.run import building, located, privileges, workfolders
from grader.run.built import BuildCache, Built, key_of
from grader.run.errors import HostError
from grader.run.interpreter import Interpreter
from grader.run.program import Launch, Program
from grader.run.recipes import commands_of
from grader.run.toolchain import Toolchain, ToolMissingError, find, version_of
from grader.submission import SourceFile

Start = Callable[[Sequence[SourceFile], str, Limits, Launch], Program]
"""Starts a program of these files, by its path, with limits, so launched."""
_MOST_LINES = 100


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A program as it can be started; `launch` is None for Python, and where it was not built."""

    language: Language
    launch: Launch | None = None
    built: Built | None = None
    """How its build went, where it needs one."""

    @property
    def failed(self) -> bool:
        """There is nothing to start: the compiler would not have it."""
        return self.built is not None and not self.built.ok

    def entry(self, side: str = "") -> tr.Compiled | None:
        """What the transcript says of the build."""
        if self.built is None:
            return None
        built = self.built
        return tr.Compiled(
            t=0, side=side, command=built.command, status=built.status,
            output=built.output, took=built.took, limit=built.limit, value=built.value,
        )  # fmt: skip


class Workshop:
    """Gets programs ready. Tools that may be hidden from whom we become are found at once."""

    def __init__(
        self,
        languages: Sequence[Language],
        interpreter: Interpreter,
        cache: BuildCache | None,
        *,
        sandboxed: bool,
    ) -> None:
        self._interpreter, self._cache, self._sandboxed = interpreter, cache, sandboxed
        self._found: dict[str, Toolchain | ToolMissingError] = {}
        self._last: dict[str, Built] = {}
        self._sound: set[str] = set()
        """Languages whose tools have built a right program."""
        self._lines_of: Built | None = None
        self._lines: dict[tuple[int, ...], tuple[tr.Frame, ...]] = {}
        """Of that program: its runs end at the same places."""
        for language in languages:
            if language != PYTHON:
                self._look_for(language)

    @property
    def folders(self) -> tuple[str, ...]:
        """Folders of all tools that were found."""
        chains = (x for x in self._found.values() if isinstance(x, Toolchain))
        return tuple(dict.fromkeys(folder for chain in chains for folder in chain.build_folders))

    def version(self, language: Language) -> str:
        """What runs or builds programs of that language here; empty where nothing does."""
        if language == PYTHON:
            return f"Python {self._interpreter.version}"
        found = self._look_for(language)
        return version_of(found.first) if isinstance(found, Toolchain) and found.first else ""

    def ready(
        self,
        languages: Sequence[Language],
        program: str,
        files: Sequence[SourceFile],
        start: Start,
    ) -> Ready:
        """The program, built where it has to be.

        Raises:
            ToolMissingError: the machine lacks what its language needs.
            HostError: the sandbox could not be made.
        """
        language = language_of(program, languages)
        if language == PYTHON:
            return Ready(language=language)
        chain = self._look_for(language)
        if isinstance(chain, ToolMissingError):
            raise chain
        commands = commands_of(language, program, files)
        launch = Launch(
            language=language, command=_with(chain, commands.run), folders=chain.folders
        )
        if not commands.build:
            return Ready(language=language, launch=launch)
        command = _with(chain, commands.build)
        built = self._built(language, command, program, files, start, chain)
        made = Launch(
            language=language, command=launch.command, folders=chain.folders,
            artifacts=built.artifacts,
        )  # fmt: skip
        return Ready(language=language, launch=made if built.ok else None, built=built)

    def lines(
        self, ready: Ready, addresses: Sequence[int], files: Sequence[str], start: Start
    ) -> tuple[tr.Frame, ...]:
        """Where in the submission a compiled program stood; none where that can't be told."""
        made = ready.built.artifacts if ready.built is not None else ()
        program = next((one.data for one in made if one.path == "program"), None)
        if program is None or not ready.language.crashpoint:
            return ()

        if self._lines_of is not ready.built or len(self._lines) >= _MOST_LINES:
            self._lines_of, self._lines = ready.built, {}
        if (at := tuple(addresses)) not in self._lines:
            self._lines[at] = self._ask(ready.language, program, at, files, start)
        return self._lines[at]

    def _ask(
        self,
        language: Language,
        program: bytes,
        addresses: Sequence[int],
        files: Sequence[str],
        start: Start,
    ) -> tuple[tr.Frame, ...]:
        def started(launch: Launch, limits: Limits) -> Program:
            return start((SourceFile(path="program", data=program),), "program", limits, launch)

        asker, question = replace(language, crashpoint=False), located.question(addresses)
        try:
            told = self._make(asker, question, (), started, located.LIMITS)
        except HostError:
            return ()  # addr2line is not there: nothing else depends on it
        return located.frames_in(told.output, files)

    def _look_for(self, language: Language) -> Toolchain | ToolMissingError:
        key = repr(language)
        if key not in self._found:
            try:
                self._found[key] = chain = find(language)
                if privileges.is_root():
                    version_of(chain.first)  # it is kept: who we become may not be let ask
            except ToolMissingError as error:
                self._found[key] = error
        return self._found[key]

    def _built(
        self,
        language: Language,
        command: tuple[str, ...],
        program: str,
        files: Sequence[SourceFile],
        start: Start,
        chain: Toolchain,
    ) -> Built:
        where = "sandbox" if self._sandboxed else "plain"
        version = version_of(chain.first) if chain.first else ""
        key = key_of(language, command, version, program, files, where)
        if (known := self._last.get(key)) is not None:
            return known

        def make() -> Built:
            made = self._build(language, command, program, files, start, chain)
            if not made.ok:
                self._try_tool(language, start, chain)
            return made

        built = make() if self._cache is None else self._cached(self._cache, key, make)
        self._last = {key: built}  # the runs of one program come one after the other
        return built

    def _cached(self, cache: BuildCache, key: str, make: Callable[[], Built]) -> Built:
        with cache.alone(key):
            built = cache.get(key)
            if built is None:
                built = make()
                cache.put(key, built)
            return built

    def _build(
        self,
        language: Language,
        command: tuple[str, ...],
        program: str,
        files: Sequence[SourceFile],
        start: Start,
        chain: Toolchain,
    ) -> Built:
        def started(launch: Launch, limits: Limits) -> Program:
            return start(files, program, limits, launch)

        limits = building.limits_of(language)
        return self._make(language, command, chain.build_folders, started, limits)

    def _try_tool(self, language: Language, start: Start, chain: Toolchain) -> None:
        """Build a right program: it is asked for once, by the first one that was not built.

        Raises:
            HostError: that can't be built either, so that nobody's program is to blame.
        """
        if not language.control or (key := repr(language)) in self._sound:
            return
        name = f"Control{language.suffixes[0]}"
        files = (SourceFile(path=name, data=language.control.encode()),)
        command = _with(chain, commands_of(language, name, files).build)
        made = self._build(language, command, name, files, start, chain)
        if not made.ok:
            said = made.output.decode("utf-8", "replace").strip().partition("\n")[0]
            raise HostError(
                f"{language.title}: {language.build[0]} of this machine can't build even a right"
                f" program ({made.limit or said or f'status {made.status}'})"
            )
        self._sound.add(key)

    def _make(
        self,
        language: Language,
        command: tuple[str, ...],
        folders: tuple[str, ...],
        start: building.Start,
        limits: Limits,
    ) -> Built:
        python = self._interpreter
        if self._sandboxed:
            return building.build(language, command, folders, python, start, limits=limits)
        folder = workfolders.make()
        try:
            out = str(folder / "built")
            return building.build(language, command, (), python, start, out, limits)
        finally:
            workfolders.remove(folder)


def _with(chain: Toolchain, command: tuple[str, ...]) -> tuple[str, ...]:
    """The command by the tool's path on this machine."""
    if not command:
        raise HostError("a language has an empty command")
    return (chain.tools.get(command[0], command[0]), *command[1:])
