"""The sandbox as bubblewrap's arguments: what a program sees, and what it does not.

A program sees the read-only system, its interpreter, and a bounded work folder with a fresh
copy of its submission; not the home folder, other submissions, the lab, the grader or its
processes. It shares the worker's network namespace, where nothing but the reference lives.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grader
import reference
from grader.lab.model import Limits
from grader.run.interpreter import SYSTEM, Interpreter

assert sys.platform != "win32"  # noqa: S101 -- for mypy, too

WORK = "/submission"
BUILT = "/built"
"""What a build has left: read-only."""
FOLDERS = ("/tmp", "/dev/shm", WORK)  # noqa: S108 -- the sandbox's own
"""What a program can write: in memory, each bounded, gone with the run."""
HOSTNAME = "tp"

GENERATED: Mapping[str, bytes] = {
    "/etc/hosts": f"127.0.0.1 localhost\n::1 ip6-localhost\n127.0.1.1 {HOSTNAME}\n".encode(),
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\nservices: files\n",
    "/etc/passwd": b"root:x:0:0::/:/bin/false\netudiant:x:%d:%d::/tmp:/bin/sh\n",
    "/etc/group": b"root:x:0:\netudiant:x:%d:\n",
}
"""Without /etc/hosts getaddrinfo("localhost") fails, and every right client with it."""

ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 -- the sandbox's own
    "USER": "etudiant",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TERM": "dumb",
    "PYTHONDONTWRITEBYTECODE": "1",
}

OURS = tuple(package.__path__[0] for package in (grader, reference))
"""Where we are installed: with labs, and with what earns full points."""
_SYSTEM_DATA = ("/usr/share/ca-certificates", "/usr/share/terminfo", "/usr/share/zoneinfo")
"""What interpreters look for beside libraries; not the rest of /usr: software of the house in
/usr/local, sources, documents."""
_SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
)


def generated() -> dict[str, bytes]:
    """The files of `GENERATED`, for who we are now."""
    user, group = os.getuid(), os.getgid()
    own: dict[str, tuple[int, ...]] = {"/etc/passwd": (user, group), "/etc/group": (group,)}
    return {path: data % own[path] if path in own else data for path, data in GENERATED.items()}


@dataclass(frozen=True)
class FileAt:
    """Bytes given to bubblewrap through descriptor `fd`, to lie at `path` inside."""

    fd: int
    path: str
    writable: bool
    mode: str = ""
    """Octal; empty: 0644, or 0444 where it is not writable."""


def arguments(
    interpreter: Interpreter,
    reachable: Mapping[str, str],
    files: Sequence[FileAt],
    limits: Limits,
    *,
    cwd: str,
    seccomp: int | None = None,
    base: str | None = None,
) -> list[str]:
    """Options of bubblewrap, without the program.

    `reachable` maps a folder of the interpreter to where it can be read from (as root, a
    private bind at a traversable place); from descriptor `seccomp` comes the filter. At `base`
    lies what `shown` says, with the files of `GENERATED` (`grader.run.baseroot`).
    """
    out = [
        "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--disable-userns", "--die-with-parent", "--new-session",
        "--cap-drop", "ALL", "--hostname", HOSTNAME, "--clearenv",
    ]  # fmt: skip
    for name, value in ENVIRONMENT.items():
        out += ["--setenv", name, value]
    out += shown(interpreter, reachable) if base is None else ["--ro-bind", base, "/"]
    for folder in _among(OURS, (*SYSTEM, *interpreter.folders)):
        # Installed beside the interpreter, our labs and model answers would be shown with it.
        out += ["--size", "4096", "--tmpfs", folder, "--remount-ro", folder]
    # The kernel's settings once more: whoever we are by mistake, nobody writes them from here.
    out += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"]
    size = str(limits.work_size)
    for folder in FOLDERS:
        out += ["--size", size, "--tmpfs", folder]
    out += _files(files)
    if seccomp is not None:
        out += ["--seccomp", str(seccomp)]
    # The root and /dev are tmpfs themselves, without bounds: nothing of them stays writable.
    out += ["--remount-ro", "/dev", *(("--remount-ro", "/") if base is None else ())]
    return [*out, "--chdir", cwd]


def shown(interpreter: Interpreter, reachable: Mapping[str, str]) -> list[str]:
    """The system and the interpreter, as options of bubblewrap: read-only, the same in all runs."""
    out = [*_system()]
    for folder in interpreter.folders:
        out += ["--ro-bind", reachable.get(folder, folder), folder]
    return out


@cache
def _among(folders: tuple[str, ...], seen: tuple[str, ...]) -> tuple[str, ...]:
    """Those that lie in one of the others."""
    return tuple(x for x in folders if any(Path(x).is_relative_to(y) for y in seen))


@cache
def _system() -> tuple[str, ...]:
    out: list[str] = []
    for name in (*SYSTEM, *_SYSTEM_DATA, *_SYSTEM_LINKS):
        path = Path(name)
        if path.is_symlink():
            out += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            out += ["--ro-bind", name, name]
    for name in _SYSTEM_FILES:
        out += ["--ro-bind-try", name, name]
    return tuple(out)


def _files(files: Sequence[FileAt]) -> list[str]:
    """Its folders bubblewrap makes; it takes 9000 words in all, and each file has five."""
    out: list[str] = []
    for file in files:
        if file.writable:
            out += ["--perms", file.mode or "0644", "--file", str(file.fd), file.path]
        else:
            out += ["--perms", "0444", "--ro-bind-data", str(file.fd), file.path]
    return out
