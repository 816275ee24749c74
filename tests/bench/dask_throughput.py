"""What a Dask cluster of two one-core workers grades beside `--jobs 2` of this machine, in one run.

    python tests/bench/dask_throughput.py [--copies 6] [--rounds 3] [--write FILE]

A class of right and wrong samples, each several times with a comment that makes it another
program, is graded anew in turns: with `--jobs 2` here, and on two workers of one thread (each told
to play one run at a time). Start of the cluster is not counted, start of the command is. Printed as
JSON: seconds of each round, their medians, and the ratio of throughputs, Dask over here.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "soak")]

from dask_cluster import cluster  # noqa: E402
from dask_kills import grade, make_class, results  # noqa: E402


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", metavar="FILE", type=Path)
    given = parser.parse_args()
    times: dict[str, list[float]] = {"here": [], "dask": []}
    with tempfile.TemporaryDirectory() as folder, cluster(2) as started:
        base = Path(folder)
        submissions = make_class(base / "class", given.copies)
        ways = {
            "here": ("--jobs", "2"),
            "dask": ("--jobs", "1", "--executor", started.address),
        }
        for _ in range(given.rounds):
            for name, options in ways.items():
                begun = time.monotonic()
                status = grade(submissions, base / name, *options).wait()
                times[name].append(round(time.monotonic() - begun, 2))
                if status:
                    raise SystemExit(f"{name}: status {status}: {(base / 'log').read_text()}")
        same = results(base / "here") == results(base / "dask")
        number = len(list(submissions.iterdir()))
    document = {
        "submissions": number,
        "seconds": times,
        "median_s": {name: median(all_of) for name, all_of in times.items()},
        "throughput_dask_over_here": round(median(times["here"]) / median(times["dask"]), 3),
        "same_results": same,
        "load": os.getloadavg(),
    }
    text = json.dumps(document, indent=1)
    print(text)
    if given.write:
        given.write.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
