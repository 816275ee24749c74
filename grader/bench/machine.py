"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

import grader
from grader.run.host import HostReport
from grader.run.options import cores

_CPUINFO = Path("/proc/cpuinfo")
_ROOT = Path(grader.__file__).resolve().parent.parent


def load() -> str:
    """The machine's load now, over 1, 5 and 15 minutes."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def described(host: HostReport, load_before: str) -> Mapping[str, str]:
    """Name to text, in the order to be shown."""
    weaker = ", ".join(fact.name for fact in host.weaker)
    return {
        "Date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Wiregrade": f"{grader.__version__}{_commit()}",
        "CPU": cpu_of(_CPUINFO.read_text("utf-8") if _CPUINFO.exists() else ""),
        "Cores that we may use": str(cores()),
        "Kernel": f"{platform.system()} {platform.release()}",
        "Memory": _memory(),
        "Python of Wiregrade": platform.python_version(),
        "Python of the programs": f"{host.version} ({host.python})",
        "Isolation": ("full" if host.full else "none") + (f" (weaker: {weaker})" if weaker else ""),
        "Load at the start": load_before,
        "Load at the end": load(),
    }


def cpu_of(cpuinfo: str) -> str:
    """The processor's name in what the kernel says; empty where it has none."""
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model"):
            return value.strip()
    return platform.machine()


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.1f} GiB"


def _commit() -> str:
    """The commit, where this is a checkout."""
    if not (_ROOT / ".git").exists():
        return ""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=_ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return f" ({told.stdout.strip()})" if told.returncode == 0 else ""
