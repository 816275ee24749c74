"""What a process is, where it may end between two looks."""

from __future__ import annotations

from pathlib import Path

import psutil


def words_of(pid: int) -> list[bytes]:
    """What it was called with; nothing once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def name_of(pid: int) -> str:
    """What the kernel calls it; empty once it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def is_over(pid: int) -> bool:
    """It runs no more, whether somebody has taken its status or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
