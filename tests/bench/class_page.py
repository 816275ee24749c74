"""What the class's page costs: its size, how soon it opens, how soon it sorts and filters.

    python tests/bench/class_page.py [STUDENTS] [--write FILE] [--first]

Made from a class of 10,000 with hostile and hard names, opened in Chromium. The bounds are
those of the product: under 5 MB, open in under 2 s, an answer within 100 ms. A latency is the
time from the event to the end of the frame that shows its effect, median of several; beside it
stands the CPU time of the page's thread, which a machine that is busy with other things changes
less. `--first` (as root, with chrt) lets the browser run before anything else, which stands for
a quiet machine where there is none. Exits with 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

import psutil  # noqa: E402
from chromium import chromium  # noqa: E402
from class_samples import made_class, name_of  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402
from report_samples import lab  # noqa: E402

from grader.judge.model import Grade  # noqa: E402
from grader.view.html import class_html  # noqa: E402

REPEATS = 7
MADE, SOME = 10_000, 2_000
BYTES, OPEN, ANSWER = 5_000_000, 2000, 100

# From the event to after the next paint: a frame, then a task behind it.
_TIMED = """(act) => new Promise((done) => {
  const begun = performance.now();
  new Function(act)();
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - begun);
    channel.port2.postMessage(0);
  });
})"""
_TYPE = """const q = document.getElementById("q"); q.value = %s;
q.dispatchEvent(new Event("input", { bubbles: true }));"""
_CHOOSE = """const s = document.getElementById(%s); s.value = %s;
s.dispatchEvent(new Event("input", { bubbles: true }));"""
_SORT = "document.querySelector('th[data-key=%s] button').click();"
ACTIONS = {
    "sort by name": _SORT % json.dumps("name"),
    "sort by grade": _SORT % json.dumps("score"),
    "sort by a criterion": _SORT % json.dumps("server.print2"),
    "sort by mistake": _SORT % json.dumps("cause"),
    "search a name": _TYPE % json.dumps("dupont"),
    "search, one letter": _TYPE % json.dumps("e"),
    "filter by mistake": _CHOOSE % (json.dumps("mistake"), json.dumps("no-print")),
    "filter by verdict": _CHOOSE % (json.dumps("verdict"), json.dumps("f")),
    "show everything": "document.getElementById('reset').click();",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", metavar="STUDENTS", type=int, nargs="?", default=10_000)
    parser.add_argument("--write", metavar="FILE", type=Path)
    parser.add_argument("--first", action="store_true")
    given = parser.parse_args()
    size: int = given.size
    grades = students(size)
    begun = time.process_time()
    page = class_html(lab(), grades, "fr", isolation="full").encode()
    made = time.process_time() - begun
    print(f"{size} students, made in {made:.2f} s of CPU", flush=True)
    print(f"  size {len(page) / 1e6:.2f} MB (under {BYTES / 1e6:g})")
    held = [len(page) < BYTES]
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder) / "index.html"
        path.write_bytes(page)
        if given.first:
            _run_first()
        opened = [_opened(browser, path) for _ in range(REPEATS)]
        held.append(_told("open", _medians(opened), OPEN))
        shown = browser.new_page()
        clock = _Clock(shown)
        shown.goto(path.as_uri())
        for name, act in ACTIONS.items():
            answers = [_answer(shown, clock, act) for _ in range(REPEATS)]
            held.append(_told(name, _medians(answers), ANSWER))
    if given.write:
        load = round(os.getloadavg()[0], 1)
        document = {"students": size, "bytes": len(page), "made_cpu_s": round(made, 2),
                    "load_at_the_end": load, "cores": os.cpu_count(), "ms": _MEDIANS}  # fmt: skip
        given.write.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0 if all(held) else 1


def students(size: int) -> list[Grade]:
    """So many; of a class that is larger than the bounds are for, some again and again by name."""
    if size <= MADE:
        return made_class(size)
    some = made_class(SOME)
    return [replace(some[n % SOME], id=f"s{n}", name=name_of(n)) for n in range(size)]


_MEDIANS: dict[str, dict[str, float]] = {}
"""What was measured, in ms: on the wall, and of the page's thread."""


def _run_first() -> None:
    """This process and its browser before all others; those that it starts later, too."""
    here = psutil.Process()
    for process in (here, *here.children(recursive=True)):
        subprocess.run(["chrt", "-a", "-r", "-p", "1", str(process.pid)], check=True)


class _Clock:
    """The CPU time of a page's main thread."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def milliseconds(self) -> float:
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def _opened(browser: Browser, path: Path) -> tuple[float, float]:
    """Until everything of the page has happened, its script and the first paint."""
    page = browser.new_page()
    clock = _Clock(page)
    before = clock.milliseconds()
    page.goto(path.as_uri())
    taken: float = page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() =>
        done(Math.max(performance.getEntriesByType("navigation")[0].loadEventEnd,
        ...performance.getEntriesByType("paint").map((one) => one.startTime)))), 0))"""
    )
    spent = clock.milliseconds() - before
    page.close()
    return taken, spent


def _answer(page: Page, clock: _Clock, act: str) -> tuple[float, float]:
    before = clock.milliseconds()
    taken: float = page.evaluate(_TIMED, act)
    return taken, clock.milliseconds() - before


def _medians(measured: Sequence[tuple[float, float]]) -> tuple[float, float]:
    taken, spent = zip(*measured, strict=True)
    return statistics.median(taken), statistics.median(spent)


def _told(what: str, measured: tuple[float, float], bound: float) -> bool:
    taken, spent = measured
    held = taken < bound
    _MEDIANS[what] = {"wall": round(taken, 1), "cpu": round(spent, 1)}
    missed = "" if held else "  MISSED"
    said = f"  {what:<20} {taken:7.0f} ms  ({spent:.0f} ms of CPU; under {bound:g}){missed}"
    print(said, flush=True)
    return held


if __name__ == "__main__":
    raise SystemExit(main())
