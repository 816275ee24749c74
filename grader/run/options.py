"""How to run on this machine: the engine's options from what was found that it can do."""

from __future__ import annotations

import os
import sys

from grader.run.host import HostReport
from grader.run.jobs import EngineOptions, FactsMode, Isolation, Warmth

RUNS_PER_CORE = 3
"""Half of a run is waiting, all of it where a program sleeps: three share a core well."""


def options_for(
    host: HostReport,
    isolation: Isolation,
    *,
    jobs: int | None = None,
    facts: FactsMode | None = None,
    warm: Warmth = "pays",
) -> EngineOptions:
    """Everything that the host has for that isolation.

    `jobs` None: as many as its cores bear, which is measured while they run.
    `warm` says when programs are started warm, which needs isolation `full`.
    """
    full = isolation == "full"
    return EngineOptions(
        isolation=isolation,
        python=host.python,
        bwrap=host.bwrap if full else None,
        facts=facts or host.facts_mode,
        jobs=jobs or RUNS_PER_CORE * cores(),
        measured=jobs is None,
        groups=host.groups if full else "",
        warm=warm if full else "never",
    )


def cores() -> int:
    """Cores that we may use: a batch system often gives fewer than there are."""
    if sys.platform == "linux":
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    return count
