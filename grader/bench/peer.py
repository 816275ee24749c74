"""The bare programs against the fastest peer (`peer.c`), on a network of their own."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench.ground import BenchError, Figures, Ground
from grader.lab.load import load_lab
from grader.lab.model import Role
from grader.resources import samples_root, scenarios_root
from grader.run import netns

SAMPLE = "juste_enonce"
PROGRAMS: Mapping[Role, str] = {"server": "serveur.py", "client": "client.py"}
_SOURCE = Path(__file__).with_name("peer.c")


class Peer:
    """The peer, compiled.

    Raises:
        BenchError: there is no compiler, or it does not compile here.
    """

    def __init__(self, ground: Ground) -> None:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            raise BenchError("the bare programs need a peer in C, and there is no gcc")
        self._ground = ground
        self._binary = ground.work / "peer"
        command = [compiler, "-O2", "-o", str(self._binary), str(_SOURCE)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise BenchError(f"the peer in C was not compiled: {made.stderr.strip()[:200]}")
        lab = load_lab(scenarios_root() / "tp09")
        texts = (lab.messages[name].text for name in ("greeting", "hello", "goodbye"))
        self._words = [str(lab.port), *texts]

    def bare(self, role: Role, times: int) -> Figures:
        """Ms of each run of one program: wall, CPU of it and the peer, and its stages."""
        program = samples_root() / SAMPLE / PROGRAMS[role]
        port, *texts = self._words
        command = [str(self._binary), role, port, str(times), *texts, self._ground.host.python,
                   str(program)]  # fmt: skip
        used = self._ground.run(command, alone=netns.enter_network)
        lines = (self._ground.work / "log").read_text().splitlines()
        rows = [[int(word) / 1e6 for word in line.split()[:3]] for line in lines]
        if len(rows) != times:
            raise BenchError(f"the peer played {len(rows)} of {times} runs")
        stages = [statistics.median(column) for column in zip(*rows, strict=True)]
        return {
            "wall": statistics.median(sum(row) for row in rows),
            "cpu": used.cpu / times,
            **dict(zip(("program", "exchange", "ending"), stages, strict=True)),
        }
