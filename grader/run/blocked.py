"""What a blocked thread waits for: which socket, the keyboard, with or without a limit."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.run import proc
from grader.run.sockdiag import SocketInfo
from grader.run.threads import Thread

_TERMINAL = "/dev/pts/"


def target_of(pid: int, fd: int | None) -> str:
    """What is under a descriptor: `socket:[INODE]`, `pipe:[...]`, a path; "" for nothing."""
    if fd is None:
        return ""
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}")  # noqa: PTH115 -- polled at 1 kHz
    except OSError:
        return ""


def socket_of(pid: int, fd: int | None) -> int | None:
    """The inode of the socket under a descriptor; None where it is none."""
    target = target_of(pid, fd)
    return int(target[8:-1]) if target.startswith("socket:[") else None


def reads_from(thread: Thread, inode: int) -> bool:
    """It is in a read of this socket, or in a poll that covers it."""
    pid, facts = thread.call.pid, thread.facts
    if facts.kind == "read":
        return socket_of(pid, facts.fd) == inode
    return facts.kind == "poll" and any(socket_of(pid, fd) == inode for fd in facts.reads)


def only_reads_from(thread: Thread, inode: int) -> bool:
    """Nothing but this socket can wake it: settimeout and recv, or SO_RCVTIMEO, say."""
    if thread.facts.kind == "poll" and len(thread.facts.reads) != 1:
        return False
    return reads_from(thread, inode)


def has_socket_limit(thread: Thread) -> bool:
    """SO_RCVTIMEO or SO_SNDTIMEO is in no argument of a call; who can't be asked has one."""
    pid, facts = thread.call.pid, thread.facts
    if (
        facts.kind not in ("read", "accept", "write")
        or facts.fd is None
        or socket_of(pid, facts.fd) is None
    ):
        return False
    limits = proc.receive_timeout(pid, facts.fd)
    return limits is None or any(limits)


def at_keyboard(threads: tuple[Thread, ...]) -> bool:
    """One of them waits for the terminal."""
    for thread in threads:
        facts = thread.facts
        fds = [facts.fd] if facts.kind == "read" else sorted(facts.reads)
        if any(target_of(thread.call.pid, fd).startswith(_TERMINAL) for fd in fds):
            return True
    return False


def as_call(thread: Thread, listening: set[int], names: Mapping[int, str]) -> tr.Call:
    """For the record; `listening`: inodes of the sockets that listen.

    `names`: of the sockets that are the other ends of named connections.
    """
    facts = thread.facts
    fd = facts.fd if facts.fd is not None else next(iter(facts.reads), None)
    target = _kind_of(thread, fd, listening)
    named = ""
    if names:
        fds = [fd] if facts.kind != "poll" else sorted(facts.reads)
        inodes = [socket_of(thread.call.pid, each) for each in fds]
        # A poll that covers several waits for none of them.
        reached = {names.get(inode, "") for inode in inodes if inode is not None}
        named = reached.pop() if len(reached) == 1 else ""
    return tr.Call(
        pid=thread.call.pid, tid=thread.call.tid, name=facts.name, fd=fd, target=target,
        size=facts.size, limited=facts.limited, connection=named,
    )  # fmt: skip


def _kind_of(thread: Thread, fd: int | None, listening: set[int]) -> str:
    target = target_of(thread.call.pid, fd)
    if target.startswith("socket:["):
        return "listener" if int(target[8:-1]) in listening else "connection"
    if target.startswith(_TERMINAL):
        return "keyboard" if thread.facts.kind in ("read", "poll") else "terminal"
    if target.startswith("pipe:"):
        return "pipe"
    return "file" if target else ""


def as_socket(info: SocketInfo, name: str = "") -> tr.Socket:
    """For the record; `name`: of the connection that it is the other end of."""
    return tr.Socket(
        protocol=info.protocol, state=info.state, local=info.local, remote=info.remote,
        receive_queue=info.rqueue, send_queue=info.wqueue, connection=name,
        accepted=bool(info.inode) or info.state not in ("established", "close-wait"),
    )  # fmt: skip
