"""Kills a running batch again and again at random moments: does the last resume lose anything?

    python tests/soak/kill_batch.py [--kills 200] [--seed N] [--jobs 4] [--result FILE]

A small class is graded with the graded scenarios of tp09, once undisturbed. Then, in rounds:
a new output folder, one to eight kills (SIGKILL of the grader, or of one of its workers) at
moments drawn from the time that an undisturbed batch takes, each followed at once by the same
command, the last time left alone. Its results must be those of the undisturbed batch, byte for
byte but for times: seconds, and `evidence`, which are positions in a recording (a text that
was printed arrives in one piece or in two), and `wiregrade verify` must find them whole. No
temporary file may be left, and no process. All of it runs the code as it was committed. The
result (JSON, with commit and date, written after each round) names what differed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULT = Path(__file__).resolve().parent / "results" / "kill_batch.json"
CLASS = ("faute_port", "faute_sans_encode", "faute_un_seul_recv", "juste_enonce")
_MARK = "WIREGRADE_SOAK"
_TIMES = ((rb'("seconds": )[0-9.e-]+', rb"\g<1>0"), (rb'("evidence": )\[[^\]]*\]', rb"\g<1>[]"))
_MOST_KILLS = 8
_PATIENCE_S = 600.0
"""A batch that takes longer hangs."""
_SHORTER, _LONGER = 0.7, 1.15
_LEAVE_S = 30.0
"""Workers of a killed grader end within this, on a loaded machine as well."""


@dataclass
class Tally:
    """What has happened so far."""

    kills: dict[str, int] = field(default_factory=lambda: {"grader": 0, "worker": 0})
    too_late: int = 0
    """The batch was done before its moment came: no kill."""
    rounds: int = 0
    length: float = 0.0
    """Moments are drawn up to this, in s: it follows how long a batch takes under today's load."""
    differences: list[dict[str, object]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Kills, all in all."""
        return sum(self.kills.values())


class Batch:
    """One command, started in a session of its own."""

    def __init__(self, base: Path, out: Path, jobs: int) -> None:
        self.mark = f"{_MARK}={base}"
        self._log = (base / "log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader", "grade", str(base / "class"), "--lab",
             str(base / "lab"), "--out", str(out), "--jobs", str(jobs)],
            env={**os.environ, "PYTHONPATH": str(base / "code"), "CI": "1", _MARK: str(base)},
            cwd=base, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            start_new_session=True,
        )  # fmt: skip

    def ends_within(self, seconds: float) -> bool:
        """Whether it ends by itself in that time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def strike(self, what: str, draw: random.Random) -> str:
        """Kill the grader, or one of its workers where it has any; returns which."""
        workers = children(self.process.pid)
        if what == "worker" and workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(draw.choice(workers), signal.SIGKILL)
            return "worker"
        self.process.kill()
        self.process.wait()
        return "grader"

    def finish(self) -> int:
        """The exit status."""
        status = self.process.wait(_PATIENCE_S)
        self._log.close()
        return status


def children(pid: int) -> list[int]:
    """The processes that `pid` started and that are there."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return sorted(map(int, told.split()))


def survivors(mark: str) -> Iterator[int]:
    """Processes that have our mark in their environment."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    yield int(folder.name)


def left_after(mark: str) -> list[int]:
    """Processes of ours that do not end."""
    for pid in survivors(mark):
        with contextlib.suppress(ProcessLookupError):
            ended = os.pidfd_open(pid)
            select.select([ended], [], [], _LEAVE_S)
            os.close(ended)
    return list(survivors(mark))


def results_of(out: Path) -> dict[str, bytes]:
    """What must be the same, by name: results and grades, without their seconds."""
    names = ["results.json", "grades.csv"]
    names += sorted(str(path.relative_to(out)) for path in out.glob("*/result.json"))
    return {
        name: without_times((out / name).read_bytes()) for name in names if (out / name).is_file()
    }


def without_times(data: bytes) -> bytes:
    """The document without what depends on when things happened."""
    for pattern, kept in _TIMES:
        data = re.sub(pattern, kept, data)
    return data


def unverified(base: Path, out: Path) -> str:
    """What `wiregrade verify` finds in the results; nothing where all is as it was written."""
    told = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "verify", str(out)],
        env={**os.environ, "PYTHONPATH": str(base / "code")}, cwd=base,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = told.stdout[-2000:] + told.stderr[-2000:]
    return f"{told.returncode}: {said}" if told.returncode else ""


def prepare(base: Path, samples: list[str]) -> None:
    """The code, a class, and the lab without its advice, which gives no verdict."""
    archive = ["git", "archive", "HEAD", "grader", "reference", "scenarios", "submissions"]
    packed = subprocess.check_output(archive, cwd=ROOT)
    (base / "code").mkdir()
    subprocess.run(["tar", "-x", "-C", str(base / "code")], input=packed, check=True)
    for name in samples:
        shutil.copytree(ROOT / "submissions" / name, base / "class" / name)
    (base / "class" / "archive_abimee.zip").write_bytes(b"PK\x03\x04 no archive")
    (base / "class" / "vide").mkdir()
    shutil.copytree(ROOT / "scenarios" / "tp09", base / "lab")
    whole = (base / "lab" / "lab.yaml").read_text("utf-8")
    for path in sorted((base / "lab").glob("*.yaml")):
        if re.search(r"^level: *advice", path.read_text("utf-8"), re.MULTILINE):
            path.unlink()
            whole = re.sub(rf"^ *- *{path.stem}\b.*\n", "", whole, flags=re.MULTILINE)
    (base / "lab" / "lab.yaml").write_text(whole, "utf-8")


def undisturbed(base: Path, jobs: int) -> tuple[dict[str, bytes], float]:
    """The results that every other batch is to have, and how long this one took, in s."""
    start = time.monotonic()
    status = Batch(base, base / "undisturbed", jobs).finish()
    if status:
        raise SystemExit(f"the undisturbed batch ended with {status}: see {base}/log")
    return results_of(base / "undisturbed"), time.monotonic() - start


def one_round(
    base: Path, wanted: dict[str, bytes], draw: random.Random, jobs: int, tally: Tally, most: int
) -> None:  # fmt: skip
    """Some kills, a resume after each, and what the last one left."""
    out = base / f"round{tally.rounds}"
    struck: list[str] = []
    status: int | None = None
    for _ in range(draw.randint(1, min(_MOST_KILLS, most))):
        batch = Batch(base, out, jobs)
        moment, what = draw.uniform(0, tally.length), draw.choice(("grader", "worker"))
        if batch.ends_within(moment):
            tally.too_late += 1
            tally.length *= _SHORTER
            status = batch.finish()
            break
        tally.length *= _LONGER
        struck.append(f"{batch.strike(what, draw)} at {moment:.3f} s")
        tally.kills[struck[-1].split()[0]] += 1
        batch.finish()
    if status is None or not struck:
        status = Batch(base, out, jobs).finish()
    got = results_of(out)
    differing = sorted(
        name for name in wanted.keys() | got.keys() if wanted.get(name) != got.get(name)
    )
    litter = sorted(str(p.relative_to(out)) for p in out.rglob("*.wiregrade-part"))
    alive = left_after(f"{_MARK}={base}")
    changed = unverified(base, out)
    if status or differing or litter or alive or changed:
        kept = base / f"differs{tally.rounds}"
        out.rename(kept)
        tally.differences.append(
            {"round": tally.rounds, "struck": struck, "status": status, "files": differing,
             "litter": litter, "alive": alive, "verify": changed}
        )  # fmt: skip
        print(f"round {tally.rounds} differs: {tally.differences[-1]} ({kept})", flush=True)
    else:
        shutil.rmtree(out)
    tally.rounds += 1


def main() -> int:
    """Kill until there were enough kills; 1 if anything differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--samples", nargs="*", default=[*CLASS])
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True, cwd=ROOT).strip()
    draw = random.Random(given.seed)
    tally = Tally()
    base = Path(tempfile.mkdtemp(prefix="wiregrade-kills-"))
    base.chmod(0o755)
    prepare(base, given.samples)
    start = time.monotonic()
    wanted, length = undisturbed(base, given.jobs)
    tally.length = length
    print(f"undisturbed: {length:.1f} s, {len(wanted)} files to compare, in {base}", flush=True)
    while tally.done < given.kills:
        one_round(base, wanted, draw, given.jobs, tally, given.kills - tally.done)
        result = {
            "commit": commit,
            "date": datetime.now(UTC).date().isoformat(),
            "seed": given.seed,
            "kills": tally.kills,
            "too_late": tally.too_late,
            "rounds": tally.rounds,
            "files_compared_per_round": len(wanted),
            "differences": tally.differences,
            "seconds": {"undisturbed": round(length, 1), "all": round(time.monotonic() - start)},
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
        }
        # After each round: an interrupted job has not run in vain.
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        given.result.write_text(text, encoding="utf-8")
        print(f"{tally.done} kills, {len(tally.differences)} rounds differ", flush=True)
    if not tally.differences:
        shutil.rmtree(base)
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
