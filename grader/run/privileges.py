"""Being root: bind what the sandbox needs where others can read it, then stop being root.

bubblewrap started by the host's root leaves host-wide kernel settings writable from inside,
so nothing of a run ever has the host's uid 0.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.errors import HostError
from grader.run.netns import CLONE_NEWNS, unshare

_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 1 << 18
STAGE, BASE = "/mnt", "base"
"""Where folders are staged, and the name of an empty one among them."""
UNPRIVILEGED = 65534
"""nobody: owns nothing."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_libc = ctypes.CDLL(None, use_errno=True)


def is_root() -> bool:
    """This process is the host's root (or a container's)."""
    return os.geteuid() == 0


def stage(folders: tuple[str, ...]) -> dict[str, str]:
    """In a mount namespace of our own, bind the folders that others cannot reach.

    Returns where each can be read from. Only root can, and need, do this.

    Raises:
        HostError: the machine does not allow it.
    """
    hidden = [folder for folder in folders if not _traversable(Path(folder))]
    if not hidden:
        return {}
    try:
        unshare(CLONE_NEWNS)
        mount("none", "/", None, _MS_REC | _MS_PRIVATE, None)
        mount("tmpfs", STAGE, "tmpfs", 0, "mode=0755,size=64k")
        Path(STAGE, BASE).mkdir()
        places = {}
        for number, folder in enumerate(hidden):
            place = Path(STAGE) / str(number)
            place.mkdir()
            mount(folder, str(place), None, _MS_BIND | _MS_REC, None)
            places[folder] = str(place)
    except OSError as error:
        raise HostError(
            f"the interpreter under {hidden[0]} cannot be shown to the sandbox ({error}); "
            "give one that everybody can read: --python /usr/bin/python3"
        ) from error
    return places


def drop() -> None:
    """Become an unprivileged user for good."""
    os.setgroups([])
    os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
    os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
    # A change of uid clears it, and with it our own /proc/self files would be root's.
    _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def die_with_parent(number: signal.Signals) -> None:
    """Get signal `number` when the thread that started us ends; a change of uid ends that."""
    _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def _traversable(path: Path) -> bool:
    """Everybody can get there: each folder on the way is executable for others."""
    return all(p.stat().st_mode & 0o001 for p in [path, *path.parents])


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None) -> None:
    """Mount something.

    The words are those of mount(2).

    Raises:
        OSError: the kernel refused.
    """
    encoded = [x.encode() if x is not None else None for x in (source, target, kind, data)]
    if _libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), target)
