"""(a) What one run costs, against the bare program with the fastest possible peer, by phase."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench.ground import (
    BenchError,
    Figures,
    Ground,
    children,
    cpu_of_children,
    interleaved,
    reap,
)
from grader.bench.model import Row, Section, difference, ratio
from grader.bench.peer import PROGRAMS, SAMPLE, Peer
from grader.lab.load import load_lab
from grader.resources import samples_root, scenarios_root
from grader.run.engine import Engine
from grader.run.jobs import Job, Warmth
from grader.run.options import options_for
from grader.submission import SourceFile

_STARTS = {"server": 10, "client": 7}
"""How often a right submission's programs are started by all of tp09 (the restart, the pair)."""
_WALL = {
    "network": "network made ready", "sandbox": "sandbox and interpreter started",
    "program": "program, until it listens or calls", "exchange": "the exchange",
    "ending": "program, until it has ended", "removal": "sandbox removed, run written down",
}  # fmt: skip
_CPU = {
    "programs": "program and sandbox", "watching": "ours, while it runs",
    "sandbox": "ours, to start", "judge": "judging", "page": "the page", "files": "the files",
}  # fmt: skip


def measure(ground: Ground) -> Section:
    """All of it."""
    runs, some = ground.size(20, 8), ground.size(12, 5)
    try:
        peer = Peer(ground)
    except BenchError as error:
        return Section(id="run", title="One run", rows=(), notes=(str(error),))
    found = interleaved(
        ground, "one run", 5 if not ground.quick else 2,
        {
            "bare": lambda: _bare(peer, runs),
            "cold": lambda: _played(ground, "never", runs),
            "warm": lambda: _played(ground, "always", runs),
            "statement": lambda: _graded(ground, 2 * some, "statement"),
            "tp09": lambda: _graded(ground, max(some // 3, 2), "tp09"),
        },
    )  # fmt: skip
    notes = (
        f"Both roles of the statement's exchange, a run of each; ms. Bare: `{SAMPLE}` with the C "
        "peer, no sandbox, no capture, no record. Engine: isolation full, one worker; what workers "
        "and waiting interpreters cost to start is taken out by the difference between many runs "
        "and few. CPU is that of all processes.",
        "`grade`: report and files included, by the difference between a bigger class and a "
        f"smaller one, as it is started where nothing is asked for ({ground.usual}). All of tp09 "
        f"starts a right submission's programs {sum(_STARTS.values())} times; its ratio is over "
        "as many starts of the bare programs.",
    )
    return Section(
        id="run",
        title="One run against the bare program",
        rows=(*_rows(found), *_phases(ground)),
        notes=notes,
    )


def _rows(found: dict[str, tuple[float, ...]]) -> Iterator[Row]:
    names = {
        "bare": "bare programs with the C peer", "cold": "engine, cold", "warm": "engine, warm",
        "statement": "`grade`, the statement's exchange alone",
        "tp09": "`grade`, all of tp09",
    }  # fmt: skip
    for way, name in names.items():
        yield Row(key=f"run.{way}.cpu", name=f"CPU: {name}", unit="ms", values=found[f"{way}.cpu"])
    for way in ("bare", "cold", "warm"):
        name = f"wall: {names[way]}"
        yield Row(key=f"run.{way}.wall", name=name, unit="ms", values=found[f"{way}.wall"])
    bare = found["bare.cpu"]
    for way, name in (("cold", "engine, cold, over bare"), ("warm", "engine, warm, over bare")):
        yield ratio(f"run.{way}.cpu_ratio", f"CPU: {name}", found[f"{way}.cpu"], bare)
    name = "CPU: `grade`, the statement's exchange alone, over bare"
    yield ratio("run.statement.cpu_ratio", name, found["statement.cpu"], bare)
    yield ratio(
        "run.grade.cpu_ratio", "CPU: `grade`, all of tp09, over bare",
        found["tp09.cpu"], found["bare.all"],
    )  # fmt: skip
    for way in ("cold", "warm"):
        halves = [[wall / 2 for wall in found[f"{one}.wall"]] for one in (way, "bare")]
        yield difference(f"run.{way}.wall_more", f"wall: a {way} run, above bare", *halves)
    for stage in ("program", "exchange", "ending"):
        values = found[f"bare.{stage}"]
        yield Row(key=f"run.bare.{stage}", name=f"wall of bare: {_WALL[stage]}", unit="ms",
                  values=values)  # fmt: skip


def _bare(peer: Peer, times: int) -> Figures:
    server, client = peer.bare("server", times), peer.bare("client", times)
    both = {name: server[name] + client[name] for name in server}
    alike = _STARTS["server"] * server["cpu"] + _STARTS["client"] * client["cpu"]
    return {**both, "all": alike}


def _played(ground: Ground, warm: Warmth, times: int) -> Figures:
    few, many = _engine(ground, warm, times), _engine(ground, warm, 3 * times)
    return {name: (many[name] - few[name]) / (2 * times) for name in many}


def _engine(ground: Ground, warm: Warmth, times: int) -> Figures:
    """Ms of playing each role so many times, workers included."""
    options = replace(options_for(ground.host, "full", jobs=1), warm=warm)
    there = children()
    before, own, begun = cpu_of_children(), time.process_time(), time.perf_counter()
    with Engine(options) as engine:
        for played in engine.play(_jobs(times)):
            if any(run.end.outcome != "completed" for run in played.runs):
                raise BenchError(f"a right program did not end well: {played.runs[0].end}")
    reap(there)
    cpu = cpu_of_children() - before + time.process_time() - own
    return {"cpu": cpu * 1e3, "wall": (time.perf_counter() - begun) * 1e3}


def _jobs(times: int) -> list[Job]:
    lab, folder = load_lab(scenarios_root() / "tp09"), samples_root() / SAMPLE
    files = tuple(SourceFile(path=p.name, data=p.read_bytes()) for p in sorted(folder.glob("*.py")))
    return [
        Job(
            key=role, lab=lab, role=role, scenarios=(lab.scenario(f"{role}-nominal"),),
            program=program, files=files, seed="00" * 16, certify=times,
        )
        for role, program in PROGRAMS.items()
    ]  # fmt: skip


def _graded(ground: Ground, some: int, which: str) -> Figures:
    lab = "tp09" if which == "tp09" else None
    few = ground.grade(ground.a_class("right", some), lab=lab)
    many = ground.grade(ground.a_class("right", 3 * some), lab=lab)
    return {"cpu": (many.cpu - few.cpu) / (2 * some), "wall": (many.wall - few.wall) / (2 * some)}


def _phases(ground: Ground) -> Iterator[Row]:
    """Where the time of a run goes, as `grade --profile` tells it."""
    count = ground.size(30, 10)
    for start, options in (("cold", ground.cold), ("warm", ground.warm)):
        if start == "warm" and not (options or ground.usual == "warm"):
            continue
        ground.say(f"one run: phases, {start}")
        told = ground.fresh("profile").with_suffix(".json")
        lab = None if start == "cold" else "tp09"
        folder = ground.a_class("right", count if start == "cold" else max(count // 5, 2))
        ground.grade(folder, "--jobs", "1", *options, "--profile", str(told), lab=lab)
        document = json.loads(told.read_bytes())
        for kind, names in (("wall", _WALL), ("cpu", _CPU)):
            for phase, name in names.items():
                value = document["phases"].get(phase, {}).get(kind, 0.0)
                shown = "wall" if kind == "wall" else "CPU"
                which = "statement" if start == "cold" else "tp09"
                yield Row(
                    key=f"run.phase.{start}.{kind}.{phase}", unit="ms",
                    name=f"{shown} of a {start} run ({which}): {name}",
                    values=(value * 1e3 / document["runs"],),
                )  # fmt: skip
