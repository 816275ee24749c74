"""Plays the same programs over TCP and over Unix-domain sockets: is the verdict the same?

    python tests/soak/unix_equals_tcp.py [--rounds 3] [--load 0] [--result FILE]

Programs and scenarios are those of tests/labs/several (threads, select, asyncio, processes; clients
side by side, a full queue, a program that polls), rewritten by text to a name in place of a port.
Compared are, scenario by scenario, how it ended, each expectation's verdict and the mistakes that
are named. `--load` keeps so many processes busy beside it. The result is written (JSON).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

import engine_tools as tools

from grader.judge.checks import check_facts
from grader.judge.diagnosis import Examined, diagnose
from grader.judge.facts import Facts
from grader.lab.load import load_lab
from grader.lab.model import ExpectBound, ExpectListening, Lab, Scenario
from grader.run.engine import Engine

LAB = ROOT / "tests" / "labs" / "several"
RESULT = Path(__file__).resolve().parent / "results" / "unix_equals_tcp.json"
NAME = "chat.sock"
BUSY = "while True: pass"
_REWRITTEN = (
    (re.compile(r"\bAF_INET\b"), "AF_UNIX"),
    (re.compile(r"socket\.socket\(\)"), "socket.socket(socket.AF_UNIX)"),
    (re.compile(r"\.bind\(\(.*?\)\)"), f'.bind("{NAME}")'),
    (re.compile(r"ThreadingTCPServer\(\(.*?\)"), f'ThreadingUnixStreamServer("{NAME}"'),
    (re.compile(r"start_server\((\w+), .*?\)"), rf'start_unix_server(\1, "{NAME}")'),
    (re.compile(r".*SO_REUSEADDR.*\n"), ""),
    (re.compile(r"socket\.create_server\(\(.*?\).*?backlog=(\d+)\)"), r"_server(\1)"),
    (re.compile(r"socket\.create_server\(\(.*?\)\)"), "_server(128)"),
)
_MADE = f"""\
import socket as _socket


def _server(backlog):
    made = _socket.socket(_socket.AF_UNIX)
    made.bind("{NAME}")
    made.listen(backlog)
    return made


"""


def rewritten(source: str) -> str:
    """The program, by a name instead of a port; empty: it could not be done."""
    for pattern, instead in _REWRITTEN:
        source = pattern.sub(instead, source)
    source = _MADE + source if "_server(" in source else source
    return source if NAME in source else ""


def local(scenario: Scenario) -> Scenario:
    """The scenario over a Unix-domain socket."""
    expect = tuple(
        replace(one, port=0, path=NAME) if isinstance(one, ExpectListening) else one
        for one in scenario.expect
        if not isinstance(one, ExpectBound)
    )
    return replace(scenario, protocol="unix", path=NAME, expect=expect)


def verdict(engine: Engine, lab: Lab, scenario: Scenario, source: str) -> list[object]:
    """How it ended, what did not hold, what is said of it."""
    played = tools.run(engine, tools.job(source.encode(), scenario, lab=lab))
    facts = Facts(played, lab, scenario)
    found = check_facts(facts)
    told = diagnose(lab, [Examined(facts, found)])
    held = [f"{x.expectation}: {x.status.value}" for x in found if x.expectation != "bound"]
    return [played.end.outcome, held, [x.id for x in told]]


def main() -> int:
    """Play all, `--rounds` times; 1: some differed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--load", type=int, default=0)
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    lab = load_lab(LAB)
    there = replace(lab, scenarios=tuple(map(local, lab.scenarios)))
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(given.load)]
    began, runs, left_out = time.monotonic(), 0, []
    differing: list[dict[str, object]] = []
    try:
        with tools.engine("full") as engine:
            for path in sorted((LAB / "programs").glob("*.py")):
                source = path.read_text("utf-8")
                if not (other := rewritten(source)):
                    left_out.append(path.stem)
                    continue
                for scenario in lab.scenarios * given.rounds:
                    over_tcp = verdict(engine, lab, scenario, source)
                    over_unix = verdict(engine, there, there.scenario(scenario.id), other)
                    runs += 2
                    if over_tcp != over_unix:
                        where = f"{path.stem}/{scenario.id}"
                        differing.append({"run": where, "tcp": over_tcp, "unix": over_unix})
                        print(where, over_tcp, over_unix, sep="\n  ")
    finally:
        for one in busy:
            one.kill()
            one.wait()
    result = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": given.rounds, "load": given.load, "processors": os.cpu_count(),
        "runs": runs, "seconds": round(time.monotonic() - began), "left_out": left_out,
        "differing": differing,
    }  # fmt: skip
    given.result.parent.mkdir(exist_ok=True)
    given.result.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"{runs} runs, {len(differing)} pairs differed")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
