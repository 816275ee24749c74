"""A hostile class, graded by the command line through the real sandbox, and what became of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import msgspec
from attack_host import Host
from attack_observer import Seen, Task
from engine_tools import TP09, bwrap, python

import grader
from grader import results
from grader.transcript import Received, Transcript, load

ROOT = Path(grader.__file__).resolve().parent.parent
ORDINARY = 64321
"""The uid of an ordinary user whom nobody else is."""
MIB = 2**20
LIMITS: dict[str, int] = {
    "promised": 5, "wall": 6, "cpu": 1, "memory": 256 * MIB, "processes": 32,
    "file_size": 4 * MIB, "work_size": 8 * MIB, "output": MIB // 4, "open_files": 64,
}  # fmt: skip
"""Limits of the suite's copy of the lab: low, so that hostile programs end soon."""
_GRADED = ("server-nominal", "server-drawn", "client-nominal", "client-drawn")


@dataclass(frozen=True)
class Graded:
    """A class that was graded: what it left in `out`, and what was seen around it."""

    out: Path
    seen: Seen
    reached: list[str]
    touched: list[str]
    canaries: dict[str, str]

    @cached_property
    def document(self) -> results.Results:
        """The class's results."""
        return results.read_results((self.out / "results.json").read_bytes())

    @cached_property
    def by_id(self) -> dict[str, results.SubmissionResult]:
        """One submission each."""
        return {one.id: one for one in self.document.submissions}

    @cached_property
    def by_name(self) -> dict[str, results.SubmissionResult]:
        """One submission each, by the name that was found."""
        return {one.name: one for one in self.document.submissions}

    def transcripts(self, identifier: str) -> list[Transcript]:
        """All runs of a submission that were played, in the order of their ids."""
        files = sorted((self.out / identifier / "runs").glob("*.jsonl"))
        return [load(file.read_bytes()) for file in files]

    def told(self, identifier: str) -> bytes:
        """Everything that a submission's programs wrote, anywhere."""
        return b"\n".join(written(one) for one in self.transcripts(identifier))


def written(transcript: Transcript) -> bytes:
    """All that a program wrote: its two streams and the wire."""
    wire = b"".join(e.data for e in transcript.entries if isinstance(e, Received))
    return b"\n".join((transcript.stdout, transcript.stderr, wire))


def write_lab(host: Host) -> None:
    """The suite's copy of the lab: low limits, graded scenarios only, a canary in it."""
    shutil.copytree(TP09, host.lab)
    shutil.copy(TP09.parent / "diagnoses.yaml", host.base / "diagnoses.yaml")
    path = host.lab / "lab.yaml"
    text = path.read_text(encoding="utf-8")
    for name, value in LIMITS.items():
        text, count = re.subn(rf"(?m)^  {name}: .*$", f"  {name}: {value}", text)
        assert count == 1, name
    head, _, _ = text.partition("\nscenarios:\n")
    listed = "".join(f"  - {name}\n" for name in _GRADED)
    path.write_text(f"# {host.canaries['lab']}\n{head}\nscenarios:\n{listed}", encoding="utf-8")
    path.chmod(0o644)
    for scenario in host.lab.glob("*.yaml"):
        if scenario.stem not in (*_GRADED, "lab"):
            scenario.unlink()


def grade_class(
    host: Host,
    *,
    uid: int | None,
    prepare: Callable[[Path], None],
    jobs: int = 6,
    options: Sequence[str] = (),
) -> Graded:
    """Lay the class out by `prepare(folder)` and grade it, as `uid` (None: as we are)."""
    bwrap()
    write_lab(host)
    prepare(host.submissions)
    out = host.base / "out"
    if uid is not None:
        out.mkdir()
        for folder in (out, host.home, host.temporary):
            os.chown(folder, uid, uid)
    task = Task(
        command=[
            sys.executable, "-P", "-m", "grader", "grade", str(host.submissions),
            "--lab", str(host.lab), "--out", str(out), "--python", python(),
            "--isolation", "full", "--jobs", str(jobs), "--lang", "en", "--debug",
            *options,
        ],
        # The worst place to start from: a student's folder.
        cwd=str(_worst(host.submissions)),
        environment={
            "PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "CI": "1",
            "HOME": str(host.home), "TMPDIR": str(host.temporary), "LANG": "C.UTF-8",
            "WIREGRADE_TOKEN": host.canaries["env"], "PYTHONDONTWRITEBYTECODE": "1",
        },
        uid=uid,
        reveal=_needed(),
    )  # fmt: skip
    observer = subprocess.run(
        [sys.executable, "-P", "-m", "attack_observer"],
        input=json.dumps(asdict(task)), capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )  # fmt: skip
    assert observer.returncode == 0, observer.stderr
    seen = msgspec.json.decode(observer.stdout, type=Seen)
    return Graded(out, seen, host.reached(), host.touched(), host.canaries)


def _worst(submissions: Path) -> Path:
    shadow = submissions / "shadow-modules"
    return shadow if shadow.is_dir() else submissions


def _needed() -> list[str]:
    """Folders that the grader's own interpreter has to reach."""
    places = {ROOT, *(Path(sysconfig.get_path(n)) for n in ("stdlib", "purelib", "platlib"))}
    places |= {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).parent}
    return sorted(str(place) for place in places)
