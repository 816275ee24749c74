"""Writes the figures of `docs/a-million.md` anew, from the results that lie beside this script.

    python tests/bench/million.py

`results/bench.json` is what `wiregrade bench --json` wrote, `class_files.json`,
`class_page_100000.json` and `large_class_100000.json` what `class_files.py`, `class_page.py` and
`large_class.py` did. What was not measured is said so. `tests/test_docs_a_million.py` notices when
the page and the results say different things.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).resolve().parent / "results"
PAGE = ROOT / "docs" / "a-million.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

SUBMISSIONS = 1_000_000
BUSY = 0.85
"""Of its time a core is at work: what Dask has to reach beside one machine, at the least."""
PRICE = 0.04
"""Euros for a core and an hour, in a cloud."""
STORED = 0.05
"""Euros for a GB and a month on a disk in a cloud."""
SENT = 6_000
"""Bytes that a student hands in."""
CORES = (64, 256, 1000)


def main() -> None:
    """Write the page."""
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")


def medians() -> dict[str, float]:
    """Of the benchmarks, by key."""
    parts = _read("bench.json").get("sections", ())
    return {row["key"]: row["median"] for part in parts for row in part["rows"]}


def files() -> dict[str, float]:
    """What a class takes for each submission, bytes: its files, and the memory of who grades it."""
    found: dict[str, float] = {}
    if of_class := _read("class_files.json"):
        number = of_class["submissions"]
        found |= {name: count / number for name, count in of_class["bytes"].items()}
    if page := _read("class_page_100000.json"):
        found["index.html"] = page["bytes"] / page["students"]
    if large := _read("large_class_100000.json"):
        # All that it has: what the class's files add is half of that, and not all that is needed.
        mib = 2**20 / large["students"]
        found["held"] = large["grade"]["grader_mib_before_class_files"] * mib
        found["memory"] = large["grade"]["grader_mib"] * mib
    return found


def measured_on() -> str:
    """Where and when the benchmarks were run."""
    bench = _read("bench.json")
    if not bench:
        return "`wiregrade bench` has not been run for this page yet."
    machine = bench["machine"]
    quick = " A quick run (`--quick`), for development only." if bench["quick"] else ""
    return (
        f"From a run of {machine['Date']}, Wiregrade {machine['Wiregrade']}, {machine['CPU']}, "
        f"{machine['Cores that we may use']} cores, load {machine['Load at the start']} at its "
        f"start.{quick}"
    )


def _read(name: str) -> dict[str, Any]:
    path = RESULTS / name
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def written(page: str) -> str:
    """The page, its region made from the results."""
    region = "\n".join([BEGIN, "", measured_on(), "", *lines(medians(), files()), "", END])
    pattern = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.DOTALL)
    return pattern.sub(lambda _: region, page)


def lines(found: Mapping[str, float], taken: Mapping[str, float]) -> Iterator[str]:
    """The tables."""
    n = SUBMISSIONS
    yield "| | measured | for a million | formula |"
    yield "|---|---:|---:|---|"
    for name, key, formula in (
        ("CPU of a submission, all of tp09", "class.tp09.cpu", "_N_ · _a_ / _e_"),
        ("CPU of a submission, the statement's exchange alone", "class.usual.cpu",
         "_N_ · _b_ / _e_"),
    ):  # fmt: skip
        if key in found:
            seconds = found[key] / 1e3
            yield row(name, f"{seconds * 1e3:.0f} ms", core_hours(n * seconds / BUSY), formula)
        else:
            yield row(name, "not measured", "", formula)
    if {"render.judge", "render.page"} <= {*found}:
        asks = (found["render.judge"] + found["render.page"]) / 1e3
        yield row("of it, judging and pages: one thread of who asks", f"{asks * 1e3:.1f} ms",
                  f"{n * asks / 3600:.1f} h", "_N_ · _j_")  # fmt: skip
    if "resume.copy" in found:
        copy = found["resume.copy"] / 1e3
        yield row("a further copy of known content", f"{copy * 1e3:.2f} ms",
                  f"{n * copy / 3600:.1f} h", "_N_ · _c_")  # fmt: skip
    if "memory.disk_tp09" in found:
        disk = found["memory.disk_tp09"] * 1e3
        yield row("on the disk, all of tp09", f"{disk / 1e3:.0f} kB", size(n * disk), "_N_ · _d_")
    yield row("handed in (assumed)", f"{SENT / 1e3:.0f} kB", size(n * SENT), "_N_ · _s_")
    for name, key, sign in (
        ("results.json of the whole", "results.json", "r"),
        ("page of the class, whole", "index.html", "p"),
        ("memory of who grades, until the class's files are written", "held", "h"),
        ("the same while they are written", "memory", "m"),
    ):
        if key in taken:
            yield row(name, size(taken[key]), size(n * taken[key]), f"_N_ · _{sign}_")
    if "class.tp09.cpu" in found:
        hours = n * found["class.tp09.cpu"] / 1e3 / BUSY / 3600
        yield ""
        yield "| cores | hours | euros |"
        yield "|---:|---:|---:|"
        for cores in CORES:
            yield f"| {cores} | {hours / cores:.1f} | {hours * PRICE:.0f} |"
    if "memory.disk_tp09" in found:
        yield from stored(found["memory.disk_tp09"] * 1e3 + SENT, taken)


def stored(each: float, taken: Mapping[str, float]) -> Iterator[str]:
    """What keeping it costs. `each`: bytes of a submission and its result, without the class's."""
    whole = SUBMISSIONS * (
        each + sum(taken.get(name, 0) for name in ("results.json", "index.html"))
    )
    yield ""
    yield "| kept for | on the disk, _N_ · (_d_ + _s_ + _r_ + _p_) | euros |"
    yield "|---|---:|---:|"
    for name, months in (("a month", 1), ("a year", 12)):
        yield f"| {name} | {size(whole)} | {whole / 1e9 * STORED * months:.0f} |"


def row(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def core_hours(seconds: float) -> str:
    """Hours of one core."""
    return f"{seconds / 3600:.0f} core hours"


def size(count: float) -> str:
    """Bytes, in what suits them."""
    for limit, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count:.0f} B"


if __name__ == "__main__":
    main()
