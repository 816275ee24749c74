"""What exporting a big class costs: time and memory of each format.

    python tests/bench/export_class.py [--class 10000]

Makes an output folder of that many results (of one hand-made grade with mistakes), then runs
each `wiregrade export` in a process of its own; prints a line of JSON for each: seconds, the
most memory it held, and the size of what it wrote. `--to csv` with one submission shows what a
process costs by itself.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

MOODLE = (
    "Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)",
)  # fmt: skip
CANVAS = ("Student", "ID", "Section", "TP 09 (42)")


def main() -> None:
    """Make the class, export it, print what it cost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--class", type=int, default=10_000, dest="size")
    parser.add_argument("--make", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        _make(Path(given.make), given.size)
        return
    from grader.cli.options import EXPORTS

    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        # In a process of its own: what one held once counts as the most of each that it starts.
        subprocess.run(
            [sys.executable, __file__, "--class", str(given.size), "--make", made], check=True
        )
        _measure(place, "csv", ["--id", "s00000"])
        for token in EXPORTS:
            more = {
                "moodle": ["--worksheet", str(place / "moodle.csv")],
                "moodle-feedback": ["--worksheet", str(place / "moodle.csv")],
                "canvas": ["--worksheet", str(place / "canvas.csv")],
            }
            _measure(place, token, more.get(token, []))


def _make(place: Path, size: int) -> None:
    from export_samples import result_of
    from report_samples import stuck_grade

    from grader import results
    from grader.batch.output import Marker, OutputFolder

    ids = [f"s{i:05}" for i in range(size)]
    folder = OutputFolder(place / "out")
    whole = results.encode(result_of(stuck_grade())).decode()
    folder.write("results.json", _class(json.loads(whole), ids))
    for one in ids:
        folder.write(f"{one}/result.json", whole.replace("dupont_marie", one).encode())
        folder.write(f"{one}/index.html", b"<p>" + one.encode() * 1000)
    folder.mark(Marker(tool="", lab="tp09", lab_digest="", lab_files={}, options={}, language="fr"))
    with (place / "moodle.csv").open("w", newline="") as file:
        rows = ([f"Participant {i}", one, "", "20.00", "-"] for i, one in enumerate(ids))
        csv.writer(file).writerows([MOODLE, *rows])
    with (place / "canvas.csv").open("w", newline="") as file:
        rows = ([one, str(i), "TD", ""] for i, one in enumerate(ids))
        csv.writer(file).writerows([CANVAS, ["    Points Possible", "", "", "20.00"], *rows])


def _class(one: dict[str, object], ids: list[str]) -> bytes:
    """results.json: a row of each, longer than `grade` writes it."""
    rows = json.dumps({key: one[key] for key in one if key not in ("advice", "remarks", "sha256")})
    listed = ",".join(rows.replace("dupont_marie", name) for name in ids)
    return f'{{"submissions": [{listed}]}}'.encode()


def _measure(place: Path, token: str, more: list[str]) -> None:
    target = place / f"{token}-{len(more)}-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "grader", "export", str(place / "out"), "--to", token]
    names = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
    begun = time.monotonic()
    process = subprocess.Popen(
        [*command, "--output", str(target), *more],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=ROOT,
        env={**os.environ, **dict.fromkeys(names, "x")},
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    spent = time.monotonic() - begun
    written = [target] if target.is_file() else [*target.glob("*")]
    row = {
        "export": " ".join([token, *more[:1]]),
        "status": process.returncode,
        "seconds": round(spent, 1),
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024, 1),
        "written_mb": round(sum(path.stat().st_size for path in written) / 1e6, 2),
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
