"""The read-only part of every sandbox of a worker, laid out once in a mount namespace of its own.

bubblewrap reads the whole list of mounts again for each one that it makes, which is most of
what it costs. A sandbox that begins with one mount of all that does not change between runs
costs a third less. What is shown is said by `grader.run.sandbox` alone, and bubblewrap makes
everything read-only once more. Where it can't be laid out, sandboxes are made without it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import privileges
from grader.run.netns import CLONE_NEWNS, unshare

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 0x1, 0x2, 0x4, 0x20
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 1 << 18
_READ_ONLY = _MS_RDONLY | _MS_NOSUID | _MS_NODEV
_KEPT = ((os.ST_NOEXEC, 0x8), (os.ST_NOATIME, 0x400), (os.ST_NODIRATIME, 0x800),
         (os.ST_RELATIME, 1 << 21))  # fmt: skip
"""Flags of a mount that who is not the machine's root may not take away."""
_OPTIONS = "mode=0755,size=1m,nr_inodes=4k"


def lay(
    place: str | None,
    shown: Sequence[str],
    generated: Mapping[str, bytes],
    folders: Iterable[str],
) -> str | None:
    """Lay it out at folder `place`; where it lies, or None: without it.

    `shown` is what `sandbox.shown` says, `generated` the files that are ours, `folders` those
    that something is mounted on later. This process gets a mount namespace of its own, and
    what lies in `place` is not seen by it any more.
    """
    if place is None:
        return None
    try:
        unshare(CLONE_NEWNS)
        privileges.mount("none", "/", None, _MS_REC | _MS_PRIVATE, None)
        privileges.mount("tmpfs", place, "tmpfs", _MS_NOSUID | _MS_NODEV, _OPTIONS)
        before = os.umask(0o077)  # as bubblewrap makes the folders above what it mounts
        try:
            _fill(place, shown, generated, folders)
        finally:
            os.umask(before)
        _make_read_only(place)
    except (OSError, ValueError):
        return None
    return place


def place_for(needed: Iterable[str], mountpoint: str = privileges.STAGE) -> str | None:
    """Where it can lie: a folder that every Linux has, if nothing `needed` lies in it."""
    ours = (*needed, *sys.path, *os.get_exec_path(), tempfile.gettempdir())
    if not Path(mountpoint).is_dir():
        return None
    if any(Path(name).resolve().is_relative_to(mountpoint) for name in ours if name):
        return None
    return mountpoint


def _fill(
    root: str, shown: Sequence[str], generated: Mapping[str, bytes], folders: Iterable[str]
) -> None:
    """What bubblewrap would make of the words; no others are known here."""
    words = iter(shown)
    for word in words:
        if word == "--symlink":
            target, name = next(words), next(words)
            os.symlink(target, _made(root, name))  # noqa: PTH211 -- a text, not a path
        elif word in ("--ro-bind", "--ro-bind-try"):
            source, name = next(words), next(words)
            if word == "--ro-bind" or Path(source).exists():
                _bind(source, _made(root, name))
        else:
            raise ValueError(f"{word} can't be laid out ahead")
    for name, data in generated.items():
        path = Path(_made(root, name))
        path.write_bytes(data)
        path.chmod(0o444)
    for name in folders:
        Path(root + name).mkdir(parents=True, exist_ok=True)


def _made(root: str, name: str) -> str:
    """The path of `name` below `root`, in a folder that is there now."""
    path = Path(root + name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return str(path)


def _bind(source: str, target: str) -> None:
    if Path(source).is_dir():
        Path(target).mkdir(exist_ok=True)
    else:
        Path(target).touch()
    privileges.mount(source, target, None, _MS_BIND | _MS_REC, None)
    # Who may not do so leaves it to bubblewrap, which does it for each mount below.
    with contextlib.suppress(OSError):
        _make_read_only(target)


def _make_read_only(target: str) -> None:
    has = os.statvfs(target).f_flag
    kept = sum(flag for told, flag in _KEPT if has & told)
    privileges.mount("none", target, None, _MS_BIND | _MS_REMOUNT | _READ_ONLY | kept, None)
