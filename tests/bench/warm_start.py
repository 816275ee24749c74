"""What a run costs whose program is started warm, against a cold one and the bare programs.

    python tests/bench/warm_start.py [--rounds 3] [--runs 10] [--python /usr/bin/python3]

CPU and wall of the statement's exchange in both roles, as in `run_cost.py`; the cost of workers
and of the waiting interpreter is taken out by the difference between many runs of a submission
and few. CPU is that of all processes, also of those whose parent does not reap them: this one
does (it is a subreaper). The last lines are what a whole submission costs, runs and interpreter
together: all graded runs and all advice of `tp09`.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from run_cost import bare, cpu_of_children, jobs

from grader import transcript as tr
from grader.lab.load import load_lab
from grader.lab.model import Role
from grader.lab.sweep import is_sweep
from grader.resources import samples_root, scenarios_root
from grader.run.engine import Engine
from grader.run.host import bwrap_candidates, real_python
from grader.run.jobs import EngineOptions, Job, Warmth
from grader.submission import SourceFile

_PR_SET_CHILD_SUBREAPER = 36
_ROLES: tuple[tuple[Role, str], ...] = (("server", "serveur.py"), ("client", "client.py"))
_RESULT = Path(__file__).resolve().parent / "results" / "warm_start.json"


def played(python: str, warm: Warmth, work: list[Job]) -> tuple[float, float, float]:
    """(CPU, wall) in ms, and the share of starts that were warm."""
    options = EngineOptions(
        isolation="full", python=python, bwrap=next(iter(bwrap_candidates())), warm=warm
    )
    before, start, starts = cpu_of_children(), time.perf_counter(), [0, 0]
    with Engine(options) as engine:
        for one in engine.play(work):
            for run in one.runs:
                if run.header.scenario.endswith("-nominal") and run.end.outcome != "completed":
                    raise SystemExit(f"a right program ended as {run.end.outcome}")
                for entry in run.transcript.entries:
                    if isinstance(entry, tr.Started):
                        starts[entry.warm] += 1
    while _reaped():
        pass
    wall = (time.perf_counter() - start) * 1e3
    return (cpu_of_children() - before) * 1e3, wall, starts[True] / sum(starts)


def _reaped() -> bool:
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return False
    return True


def repeated(files: tuple[SourceFile, ...], count: int) -> list[Job]:
    """Both roles' nominal exchange, `count` times each."""
    return [replace(jobs(files, role, program, 1)[0], certify=count) for role, program in _ROLES]


def whole(files: tuple[SourceFile, ...]) -> list[Job]:
    """All scenarios of both roles but sweeps, each once."""
    lab = load_lab(scenarios_root() / "tp09")
    return [
        replace(
            jobs(files, role, program, 1)[0],
            scenarios=tuple(s for s in lab.scenarios if s.tests == role and not is_sweep(s)),
        )
        for role, program in _ROLES
    ]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--python", default=real_python().executable)
    parser.add_argument("--result", type=Path, default=_RESULT)
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    folder = samples_root() / "juste_enonce"
    files = tuple(SourceFile(path=p.name, data=p.read_bytes()) for p in sorted(folder.glob("*.py")))
    rows: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(given.rounds):
        cpu, wall = min(bare(given.python, folder) for _ in range(3))
        rows["bare CPU"].append(cpu)
        rows["bare wall"].append(wall)
        for name, warm in (("cold", "never"), ("warm", "always")):
            few = played(given.python, warm, repeated(files, given.runs))  # type: ignore[arg-type]
            many = played(given.python, warm, repeated(files, 3 * given.runs))  # type: ignore[arg-type]
            one = [(m - f) / (2 * given.runs) for m, f in zip(many, few, strict=True)]
            rows[f"{name} CPU"].append(one[0])
            rows[f"{name} wall"].append(one[1])
            rows[f"{name} CPU / bare"].append(one[0] / cpu)
            rows[f"{name} wall / bare"].append(one[1] / wall)
        for name, warm in (("cold", "never"), ("warm", "pays")):
            total = played(given.python, warm, whole(files))  # type: ignore[arg-type]
            rows[f"{name} whole submission CPU"].append(total[0])
            rows[f"{name} whole submission starts warm"].append(total[2])
    found = {name: round(statistics.median(values), 2) for name, values in rows.items()}
    found |= {
        f"warm / cold, {what}": round(found[f"warm {what}"] / found[f"cold {what}"], 2)
        for what in ("CPU", "wall", "whole submission CPU")
    }
    print(f"{given.rounds} rounds of {given.runs} runs, {given.python}, ms of both roles")
    for name, value in found.items():
        print(f"{name:36} {value:9.2f}")
    machine = {"cores": os.cpu_count(), "kernel": platform.release(), "load": os.getloadavg()[0]}
    told = {"python": given.python, "rounds": given.rounds, "runs": given.runs}
    text = json.dumps(told | {"medians": found, "machine": machine}, indent=1) + "\n"
    given.result.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
