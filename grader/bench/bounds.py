"""What is promised of the figures, and whether it holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["held", "not held", "not measured"]


@dataclass(frozen=True)
class Bound:
    """A promise: the median of `key` is at least, or at most, `limit`."""

    key: str
    at_least: bool
    limit: float
    unit: str
    what: str

    def verdict(self, medians: Mapping[str, float]) -> Verdict:
        """Of these figures."""
        if self.key not in medians:
            return "not measured"
        value = medians[self.key]
        return "held" if (value >= self.limit if self.at_least else value <= self.limit) else (
            "not held"
        )  # fmt: skip

    @property
    def promise(self) -> str:
        """As text."""
        return f"{'at least' if self.at_least else 'at most'} {self.limit:g} {self.unit}"


def _most(key: str, limit: float, unit: str, what: str) -> Bound:
    return Bound(key, False, limit, unit, what)


def _least(key: str, limit: float, what: str) -> Bound:
    return Bound(key, True, limit, "×", what)


BOUNDS = (
    _most("run.cold.cpu_ratio", 1.7, "×", "CPU of a cold run, engine alone, over the bare program"),
    _most("run.warm.cpu_ratio", 0.7, "×", "CPU of a warm run, engine alone, over the bare program"),
    _most(
        "run.grade.cpu_ratio", 1.5, "×",
        "CPU of `grade` for each run of tp09, report and files included, over the bare program",
    ),
    _most("run.cold.wall_more", 20, "ms", "wall of one correct cold run, above the bare program's"),
    _least("rivals.sleeps.over_cold", 40, "20 right submissions: script with sleeps over cold"),
    _least("rivals.pytest.over_cold", 3.5, "20 right submissions: pytest over cold"),
    _least("rivals.sleeps.over_warm", 60, "20 right submissions: script with sleeps over warm"),
    _least("rivals.pytest.over_warm", 5, "20 right submissions: pytest over warm"),
    _least("rivals.class.sleeps_over", 50, "class of 300, a tenth stuck: script with sleeps"),
    _least("rivals.class.pytest_over", 10, "class of 300, a tenth stuck: pytest"),
    _most("class.stuck_ratio", 2, "×", "a stuck submission over a correct one, wall"),
    _most("class.stuck_cpu_ratio", 2, "×", "a stuck submission over a correct one, CPU"),
    _most("memory.largest", 300, "MiB", "the grader's memory, whatever the size of the class"),
    _most("resume.copy", 1, "ms", "a further copy of known content"),
    _least("cluster.throughput", 0.85, "Dask, two one-core workers, over local throughput"),
    _most("start.help", 100, "ms", "`wiregrade --help`"),
    _most("start.check", 1000, "ms", "`wiregrade check` on one correct submission, all of tp09"),
)  # fmt: skip
