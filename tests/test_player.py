"""The player's order of things; what it sees and does is tested through the engine."""

from __future__ import annotations

import engine_tools as tools

from grader.lab.model import Limits
from grader.run.facts import KernelFacts
from grader.run.interpreter import inspect
from grader.run.player import Player, Setting
from grader.run.program import Program, start_plain
from grader.run.sockdiag import SocketTable
from grader.submission import SourceFile
from reference.script import Accept, Script


def test_the_reference_listens_before_the_program_runs() -> None:
    """A client may dial at once: on a loaded machine before we would run again."""
    listening: list[bool] = []

    def start() -> Program:
        files = (SourceFile(path="client.py", data=b"pass"),)
        program = start_plain(inspect(tools.python()), files, "client.py", Limits())
        release = program.release

        def watched_release() -> None:
            listening.append(bool(player.endpoint.reads))
            release()

        program.release = watched_release  # type: ignore[method-assign]
        return program

    with SocketTable() as table:
        player = Player(
            Setting(
                script=Script((Accept(),), tools.free_port()),
                limits=Limits(),
                start=start,
                facts_of=lambda program: KernelFacts(program, table),
                on_tick=lambda: None,
                refusals=lambda: 0,
                folder_of=lambda program: program.folder,
                frames_of=lambda calls, folder: (),
                reset_after_fin=True,
            )
        )
        player.play()
    assert listening == [True]
