"""What a child of the probe tries on Linux: all that a worker does, as far as it comes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.lab.model import Limits
from grader.run import cgroup, netns, privileges, sandbox, seccomp
from grader.run.errors import HostError
from grader.run.groups import Route
from grader.run.interpreter import Interpreter

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


def trial(bwrap: str | None, interpreter: Interpreter) -> Trial:
    """All that a worker needs."""
    return Trial(partial(_try_all, bwrap, interpreter))


def tried_warm(bwrap: str, interpreter: Interpreter) -> str:
    """Why no program is started warm here; empty: they are, where nothing can tell."""
    return next(iter(Trial(partial(_try_warm, bwrap, interpreter)).told().values()), "")


def is_root() -> bool:
    """We are the machine's root."""
    return privileges.is_root()


def tried_groups() -> tuple[Route, tuple[str, ...]]:
    """How runs can have control groups of their own, and with which controllers."""
    return cgroup.tried()


def _try_all(bwrap: str | None, interpreter: Interpreter) -> dict[str, str]:
    told, reachable = _as_worker(bwrap, interpreter)
    told["capture"] = told["network"] or _attempt(_capture)
    told["socket table"] = _attempt(_socket_table)
    if bwrap is not None:
        told |= _try_sandbox(_seen(bwrap, reachable), interpreter, reachable)
    if told.get("sandbox") != "":
        # Programs then run without it, and can be read all the same.
        told["program state"] = _attempt(_program_state)
    return told


def _try_warm(bwrap: str, interpreter: Interpreter) -> dict[str, str]:
    # It brings all of what starts programs, which most probes do without.
    from grader.run import warm

    told, reachable = _as_worker(bwrap, interpreter)
    if any(told.values()):
        return {name: why for name, why in told.items() if why}
    return {"warm": warm.why_not(_seen(bwrap, reachable), interpreter, reachable)}


def _as_worker(
    bwrap: str | None, interpreter: Interpreter
) -> tuple[dict[str, str], dict[str, str]]:
    """Be who a worker is; what went wrong, and where hidden folders can be read from."""
    told: dict[str, str] = {}
    reachable: dict[str, str] = {}
    if privileges.is_root():
        hidden = (*interpreter.folders, *((str(Path(bwrap).parent),) if bwrap else ()))
        staged = _attempt(lambda: reachable.update(privileges.stage(hidden)))
        told["root"] = _attempt(privileges.drop) or staged
        privileges.die_with_parent(signal.SIGKILL)
    told["network"] = _attempt(netns.enter_network)
    return told, reachable


def _seen(bwrap: str, reachable: dict[str, str]) -> str:
    folder = str(Path(bwrap).parent)
    return str(Path(reachable.get(folder, folder)) / Path(bwrap).name)


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


def _program_state() -> None:
    """Read where a program waits that is started as isolation `none` starts them."""
    with subprocess.Popen(
        ["/bin/sh", "-c", "read line"], stdin=subprocess.PIPE, cwd="/"
    ) as program:
        try:
            for name in ("syscall", "schedstat"):
                Path(f"/proc/{program.pid}/{name}").read_text()
        finally:
            program.kill()


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


class Trial:
    """What `work` says, done in a child that works from now on.

    There, since namespaces and uid are changed for good.
    """

    def __init__(self, work: Callable[[], dict[str, str]]) -> None:
        self._pipe, write_end = os.pipe()
        with warnings.catch_warnings():
            # From Python 3.12 on a fork beside threads warns; the child does nothing but `work`.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            _be_child(work, write_end)
        os.close(write_end)

    def told(self) -> dict[str, str]:
        """Name of each thing tried -> "" where it works, else what went wrong. Ask once."""
        with os.fdopen(self._pipe, "rb") as pipe:
            said = pipe.read()
        os.waitpid(self._pid, 0)
        try:
            told: dict[str, str] = json.loads(said)
        except ValueError:
            return {"network": "the probe ended early"}
        return told

    def close(self) -> None:
        """Nobody asks: it is ended, and whatever it is in the middle of starting."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        os.kill(self._pid, signal.SIGKILL)
        self.told()


def _be_child(work: Callable[[], dict[str, str]], write_end: int) -> None:
    try:
        os.setpgid(0, 0)
        privileges.die_with_parent(signal.SIGKILL)
        told = work()
    except BaseException as error:  # nothing may run the parent's handlers a second time
        told = {"network": f"{type(error).__name__}: {error}"}
    with contextlib.suppress(BaseException):
        os.write(write_end, json.dumps(told).encode())
    os._exit(0)
