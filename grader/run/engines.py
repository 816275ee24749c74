"""The engine of this system: workers beside each other on Linux, elsewhere one run at a time."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from grader.run.engine import Engine as Engine
else:
    from grader.run.alone import Alone as Engine

__all__ = ["Engine"]
