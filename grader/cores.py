"""How many cores this process may use."""

from __future__ import annotations

import os
import sys


def cores() -> int:
    """Cores that we may use: a batch system often gives fewer than there are."""
    if sys.platform == "linux":
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    return count
