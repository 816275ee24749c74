"""Proves every built-in lab, and that not one `proves:` line of theirs can be taken out unseen.

    python tests/soak/prove_labs.py [--labs echo,chat] [--no-lines] [--jobs 4] [--result FILE]
                                    [--fresh]

For each line the lab is copied without it. Either reading the copy says that nothing proves
the criterion any more, or proving it names the file; `--no-lines` leaves that out, which takes
hours for some labs. The result (JSON) is written after each lab and each line. It keeps what
there is of other labs; each lab has the commit and the date of its own proof, each line the
commit of its own.

It resumes: a lab that was proved at the same trees of `grader`, `reference` and `scenarios`, and a
line taken out of it then, is not played again (`--fresh` plays all).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from engine_tools import options
from played_trees import holds, stamp
from prove_tools import Files, all_proves, of_role, without_proves

from grader.lab.library import builtin_labs, find_lab
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.model import Lab, Role
from grader.lab.problems import LabError
from grader.prove import run
from grader.prove.proof import Proof

RESULT = Path(__file__).resolve().parent / "results" / "prove_labs.json"


class Soak:
    """What was found so far, kept in a file."""

    def __init__(self, result: Path, jobs: int, *, fresh: bool) -> None:
        self._result = result
        self._jobs = jobs
        self._fresh = fresh
        self._now = stamp()
        before = json.loads(result.read_text("utf-8")) if result.is_file() else {}
        self.wrong = 0
        self.labs: dict[str, dict[str, object]] = before.get("labs", {})
        self.lines: list[dict[str, object]] = before.get("lines_taken_out", [])

    def lab(self, name: str, lines: bool) -> None:
        """Prove one lab, and if asked each copy of it that lacks a line."""
        given = lab_files(find_lab(name))
        if self._holds(self.labs.get(name, {})):
            print(f"{name}: played at these trees, {self._told(name)}", flush=True)
        else:
            self._prove(name, given)
            print(f"{name}: {self._told(name)}", flush=True)
        self.wrong += not self.labs[name]["proved"]
        if not lines:
            return
        lacking = all_proves(given)
        kept = {(x["file"], x["criterion"], x.get("number")): x for x in self.lines
                if x["lab"] == name and self._holds(x)}  # fmt: skip
        self.lines = [x for x in self.lines if x["lab"] != name]
        self.lines += [x for file, n, c in lacking if (x := kept.get((file, c, n))) is not None]
        for at, (file, number, criterion) in enumerate(lacking, 1):
            if (found := kept.get((file, criterion, number))) is not None:
                self.wrong += not found["said"]
                continue
            found = self._line(name, given, file, number, criterion)
            said, how = found["said"], found["seen_when"]
            assert isinstance(said, list)
            where = f"[{at}/{len(lacking)}] {name} {file} without {criterion}"
            print(f"{where}: {len(said)} problems when {how}", flush=True)
            self.save()

    def _holds(self, record: dict[str, object]) -> bool:
        return not self._fresh and not record.get("faults") and holds(record, self._now)

    def _told(self, name: str) -> str:
        found = self.labs[name]
        proved = "proved" if found["proved"] else "NOT PROVED"
        return f"{proved}, {found['mutants']} mutants, {found['seconds']} s"

    def _prove(self, name: str, given: Files) -> None:
        proof, seconds = self._timed(given, load_lab_bytes(given))
        self.labs[name] = {
            **self._now,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "proved": proof.proved,
            "programs": len(proof.trials),
            "mutants": sum(trial.case.kind == "mutant" for trial in proof.trials),
            "survivors": [
                f"{trial.case.role} {trial.case.id}"
                for trial in proof.trials
                if trial.case.kind == "mutant" and not trial.lost
            ],
            "problems": [str(problem) for problem in proof.problems],
            "remarks": [str(remark) for remark in proof.remarks],
            "faults": list(proof.faults),
            "seconds": seconds,
        }
        self.save()

    def _line(
        self, name: str, given: Files, file: str, number: int, criterion: str
    ) -> dict[str, object]:
        cut, _ = without_proves(given, file, number)
        role: Role = "server" if criterion.startswith("server.") else "client"
        said: list[str]
        try:
            lab = of_role(load_lab_bytes(cut), role)
        except LabError as error:
            how = "read"
            said = [str(problem) for problem in error.problems if criterion in problem.message]
        else:
            how = "proved"
            proof, _ = self._timed(cut, lab)
            said = [str(problem) for problem in proof.problems if problem.place.file == file]
        self.wrong += not said
        found: dict[str, object] = {
            "lab": name,
            "file": file,
            "number": number,
            "criterion": criterion,
            "seen_when": how,
            "said": said,
            **self._now,
        }
        self.lines.append(found)
        return found

    def _timed(self, given: Files, lab: Lab) -> tuple[Proof, float]:
        start = time.monotonic()
        proof = run.prove(lab, given, options("full", jobs=self._jobs))
        if proof.unplayed:
            raise KeyboardInterrupt  # what was not played whole is no result
        return proof, round(time.monotonic() - start, 1)

    def save(self) -> None:
        """Write it down: an interrupted job has not run in vain."""
        result = {
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
            "labs": self.labs,
            "lines_taken_out": self.lines,
        }
        self._result.parent.mkdir(exist_ok=True)
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        self._result.write_text(text, encoding="utf-8")


def main() -> int:
    """Prove everything; 1 if a lab is not proved, or a line could be taken out unseen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labs", default=",".join(builtin_labs()))
    parser.add_argument("--no-lines", action="store_true", help="prove the labs as they are only")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--fresh", action="store_true", help="prove anew what the result has")
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    soak = Soak(given.result, given.jobs, fresh=given.fresh)
    for name in given.labs.split(","):
        soak.lab(name, lines=not given.no_lines)
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
