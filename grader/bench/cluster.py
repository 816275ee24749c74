"""(h) A Dask cluster of two one-core workers, beside `--jobs 2` here."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

import grader
from grader.bench.ground import Figures, Ground, interleaved
from grader.bench.model import Row, Section, ratio

_WORKERS = 2


def measure(ground: Ground) -> Section:
    """The same class in turns, here and there; the cluster's start is not counted."""
    title = "Dask beside this machine"
    if importlib.util.find_spec("distributed") is None:
        note = "distributed is not installed (pip install 'wiregrade[cluster]')."
        return Section(id="cluster", title=title, rows=(), notes=(note,))
    size = ground.size(24, 6)
    folder = ground.a_class("class", size)
    ground.say("cluster: starting")
    outs = {"here": ground.fresh("here"), "dask": ground.fresh("dask")}
    with started(_WORKERS) as address:
        options = {
            "here": ("--jobs", str(_WORKERS)),
            "dask": ("--jobs", "1", "--executor", address),
        }
        ways: dict[str, Callable[[], Figures]] = {
            name: lambda name=name: {  # type: ignore[misc]
                "wall": ground.grade(
                    folder, "--fresh", "--no-cache", *options[name], lab="tp09", out=outs[name]
                ).wall
            }
            for name in options
        }
        found = interleaved(ground, "cluster", 1 if ground.quick else 2, ways)
    same = _results(outs["here"]) == _results(outs["dask"])
    rows = (
        Row(key="cluster.here", name=f"{size} submissions, `--jobs {_WORKERS}`", unit="s",
            values=tuple(value / 1e3 for value in found["here.wall"])),
        Row(key="cluster.dask", unit="s",
            name=f"{size} submissions, Dask, {_WORKERS} one-core workers",
            values=tuple(value / 1e3 for value in found["dask.wall"])),
        ratio("cluster.throughput", "throughput, Dask over here", found["here.wall"],
              found["dask.wall"]),
    )  # fmt: skip
    told = "the same" if same else "NOT THE SAME"
    return Section(
        id="cluster", title=title, rows=rows,
        notes=(
            "All of tp09; each worker plays one run at a time. results.json, times apart: "
            f"{told}.",
        ),
    )  # fmt: skip


@contextlib.contextmanager
def started(workers: int) -> Iterator[str]:
    """A scheduler and so many workers of one thread; its address as `--executor` takes it."""
    root = str(Path(grader.__file__).resolve().parent.parent)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "grader.bench.cluster", str(workers)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    assert process.stdin is not None  # noqa: S101 -- asked for
    assert process.stdout is not None  # noqa: S101 -- asked for
    with process.stdin, process.stdout:
        try:
            yield process.stdout.readline().strip().replace("tcp://", "dask://")
        finally:
            process.stdin.close()
            process.wait()


def _results(out: Path) -> object:
    return _timeless(json.loads((out / "results.json").read_bytes()))


def _timeless(value: object) -> object:
    """The value without `seconds`, however deep."""
    if isinstance(value, dict):
        return {key: _timeless(one) for key, one in value.items() if key != "seconds"}
    return [_timeless(one) for one in value] if isinstance(value, list) else value


def main() -> None:
    """The scheduler with its workers, until nobody wants them any more."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1",
    ) as made:  # fmt: skip
        print(made.scheduler_address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
