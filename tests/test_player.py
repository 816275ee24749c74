"""The player's order of things; what it sees and does is tested through the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import engine_tools as tools

from grader import transcript as tr
from grader.lab.model import Limits
from grader.run.facts import KernelFacts
from grader.run.interpreter import inspect
from grader.run.player import Player, Setting
from grader.run.program import Program, start_plain
from grader.run.sockdiag import SocketTable
from grader.run.usage import Disk
from grader.submission import SourceFile
from reference.script import Accept, Script


def test_the_reference_listens_before_the_program_runs() -> None:
    """A client may dial at once: on a loaded machine before we would run again."""
    listening: list[bool] = []

    def watched(program: Program) -> None:
        release = program.release

        def watched_release() -> None:
            listening.append(bool(player.endpoint.reads))
            release()

        program.release = watched_release  # type: ignore[method-assign]

    with SocketTable() as table:
        player = _player(b"pass", Limits(), table, watched)
        player.play()
    assert listening == [True]


def test_what_it_has_written_is_looked_at_once_more_in_the_end() -> None:
    """However long it takes until the next look at a large folder is due."""

    def never_due(program: Program) -> None:
        looked = program.disk
        program.disk = lambda *, afresh=False: looked(afresh=True) if afresh else Disk()  # type: ignore[method-assign]

    with SocketTable() as table:
        limits = replace(Limits(), work_size=50_000)
        entries = _player(b"open('x', 'wb').write(bytes(60_000))", limits, table, never_due).play()
    end = entries[-1]
    assert isinstance(end, tr.Ended)
    assert (end.outcome, end.limit) == ("limit", "disk")


def _player(
    source: bytes, limits: Limits, table: SocketTable, watch: Callable[[Program], None]
) -> Player[Program]:
    def start() -> Program:
        files = (SourceFile(path="client.py", data=source),)
        program = start_plain(inspect(tools.python()), files, "client.py", limits)
        watch(program)
        return program

    return Player(
        Setting(
            script=Script((Accept(),), tools.free_port()),
            limits=limits,
            start=start,
            facts_of=lambda program: KernelFacts(program, table),
            on_tick=lambda: None,
            refusals=lambda: 0,
            folder_of=lambda program: program.folder,
            frames_of=lambda calls, folder: (),
            reset_after_fin=True,
        )
    )
