"""What one run costs against the bare programs, and how soon a stuck program is told.

    python tests/bench/run_cost.py [--rounds 5] [--runs 20] [--python /usr/bin/python3]

Prints medians and ratios of one and the same invocation: on a shared machine only ratios
mean something. CPU is that of all processes ended (rusage of children), the cost of
starting workers taken out by the difference between many and few runs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import statistics
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from grader import transcript as tr
from grader.lab.load import load_lab
from grader.lab.model import Role
from grader.resources import samples_root, scenarios_root
from grader.run import netns
from grader.run.engine import Engine
from grader.run.host import bwrap_candidates, real_python
from grader.run.jobs import EngineOptions, Job
from grader.run.sockdiag import SocketTable
from grader.submission import SourceFile

_STUCK = """import socket
s = socket.socket(); s.bind(("", 65432)); s.listen(1)
print("accept", flush=True)
s.accept()[0].recv(10)
"""


def cpu_of_children() -> float:
    """CPU seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def bare(python: str, folder: Path) -> tuple[float, float]:
    """(CPU, wall) in ms of both programs against the least possible peer, in its own network."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        netns.enter_network()
        before, start = cpu_of_children(), time.perf_counter()
        _bare_server(python, folder)
        _bare_client(python, folder)
        wall = time.perf_counter() - start
        os.write(write_end, json.dumps([cpu_of_children() - before, wall]).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        cpu, wall = json.load(answer)
    os.waitpid(pid, 0)
    return cpu * 1e3, wall * 1e3


def _bare_server(python: str, folder: Path) -> None:
    server = _start(python, folder / "serveur.py")
    with SocketTable() as table:
        while not table.dump(states=("listen",)):
            os.sched_yield()
        with socket.create_connection(("127.0.0.1", 65432)) as peer:
            peer.recv(1024)
            peer.send(b"Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
            while any(x.rqueue for x in table.dump(protocols=("tcp",))):
                os.sched_yield()
            peer.send(b"Serveur 65432, je vous dis au revoir")
            while peer.recv(1024):
                pass
    server.wait()


def _bare_client(python: str, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 65432)) as listener:
        client = _start(python, folder / "client.py")
        peer, _ = listener.accept()
        with peer:
            peer.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
            while peer.recv(1024):
                pass
        client.wait()


def _start(python: str, program: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([python, str(program)], stdout=subprocess.DEVNULL)


def jobs(python_files: tuple[SourceFile, ...], role: Role, program: str, count: int) -> list[Job]:
    """`count` times the statement's exchange for one role."""
    lab = load_lab(scenarios_root() / "tp09")
    scenario = lab.scenario(f"{role}-nominal")
    return [
        Job(
            key=str(n), lab=lab, role=role, scenarios=(scenario,), program=program,
            files=python_files, seed="00" * 16,
        )
        for n in range(count)
    ]  # fmt: skip


def graded(options: EngineOptions, work: list[Job]) -> tuple[float, float]:
    """(CPU, wall) in ms of playing these jobs, workers included."""
    before, start = cpu_of_children(), time.perf_counter()
    with Engine(options) as engine:
        for played in engine.play(work):
            outcome = played.runs[0].transcript.end.outcome
            if outcome != "completed":
                said = played.runs[0].transcript.stderr.decode(errors="backslashreplace")
                raise SystemExit(f"a right program ended as {outcome}: {said}")
    return (cpu_of_children() - before) * 1e3, (time.perf_counter() - start) * 1e3


def stuck_latency(options: EngineOptions, count: int) -> list[float]:
    """ms between the last thing that a program does and the proof that it is stuck."""
    files = (SourceFile(path="serveur.py", data=_STUCK.encode()),)
    lab = load_lab(scenarios_root() / "tp09")
    refused = replace(lab.scenario("server-nominal"), steps=())
    work = [
        replace(job, scenarios=(refused,)) for job in jobs(files, "server", "serveur.py", count)
    ]
    out = []
    with Engine(options) as engine:
        for played in engine.play(work):
            entries = played.runs[0].transcript.entries
            told = next(e.t for e in entries if isinstance(e, tr.Killed))
            last = max(e.t for e in entries if isinstance(e, tr.Stdout) and e.t < told)
            out.append((told - last) / 1e6)
    return out


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--python", default=real_python().executable)
    arguments = parser.parse_args()
    options = EngineOptions(
        isolation="full", python=arguments.python, bwrap=next(iter(bwrap_candidates()))
    )
    folder = samples_root() / "juste_enonce"
    files = tuple(SourceFile(path=p.name, data=p.read_bytes()) for p in sorted(folder.glob("*.py")))
    rows: dict[str, list[float]] = {}
    for _ in range(arguments.rounds):
        cpu, wall = bare(arguments.python, folder)
        rows.setdefault("bare CPU, both roles", []).append(cpu)
        rows.setdefault("bare wall, both roles", []).append(wall)
        total_cpu = total_wall = 0.0
        for role, program in (("server", "serveur.py"), ("client", "client.py")):
            few = graded(options, jobs(files, role, program, arguments.runs))  # type: ignore[arg-type]
            many = graded(options, jobs(files, role, program, 3 * arguments.runs))  # type: ignore[arg-type]
            total_cpu += (many[0] - few[0]) / (2 * arguments.runs)
            total_wall += (many[1] - few[1]) / (2 * arguments.runs)
        rows.setdefault("graded CPU, both roles", []).append(total_cpu)
        rows.setdefault("graded wall, both roles", []).append(total_wall)
        rows.setdefault("CPU ratio", []).append(total_cpu / cpu)
        rows.setdefault("wall ratio", []).append(total_wall / wall)
    latencies = stuck_latency(options, 2 * arguments.runs)
    print(f"{arguments.rounds} rounds of {arguments.runs} runs, {arguments.python}")
    for name, values in rows.items():
        unit = "x" if "ratio" in name else "ms"
        print(f"{name:26} {statistics.median(values):8.2f} {unit}  "
              f"({min(values):.2f} to {max(values):.2f})")  # fmt: skip
    print(f"{'stuck told after':26} {statistics.median(latencies):8.2f} ms  "
          f"({min(latencies):.2f} to {max(latencies):.2f})")  # fmt: skip


if __name__ == "__main__":
    main()
