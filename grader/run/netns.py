"""A network of one's own: user and network namespaces for a worker, without root.

A worker enters them once and keeps them for its life. Measured costs and the reasons for
each setting: a small hash table makes reading the socket table cheap; no TIME_WAIT is kept
(`tcp_max_tw_buckets=0`), so that a right server without SO_REUSEADDR can bind again;
`tcp_fin_timeout=61` keeps FIN, ACK, FIN, ACK on the wire as by default all the same.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.errors import HostError

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x1 | 0x40

_NET = Path("/proc/sys/net/ipv4")
_KEPT_TIME_WAIT = 4096

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the shared namespaces named by `flags`; in `os` only from Python 3.12 on.

    Raises:
        OSError: the kernel refused.
    """
    if _libc.unshare(flags):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def enter_network() -> None:
    """Move this single-threaded process into a user and a network namespace of its own.

    Our uid stays what it is (mapped to itself): a program that we execute has no
    capabilities, while we keep them over the network namespace.

    Raises:
        HostError: the machine does not allow it.
    """
    uid, gid = os.getuid(), os.getgid()
    try:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        # The size of the socket table is inherited by namespaces made from here.
        _write("tcp_child_ehash_entries", "64", needed=False)
        renew_network()
    except OSError as error:
        raise HostError(
            "this machine does not allow a network namespace of one's own "
            f"({error.strerror or error}); see: wiregrade doctor"
        ) from error


def renew_network() -> None:
    """Leave the present network namespace for a fresh one, `lo` up."""
    unshare(CLONE_NEWNET)
    _loopback_up()
    keep_time_wait(False)
    _write("tcp_fin_timeout", "61", needed=False)


def keep_time_wait(kept: bool) -> None:
    """Whether closed connections leave TIME_WAIT, as they do on a real machine."""
    _write("tcp_max_tw_buckets", str(_KEPT_TIME_WAIT if kept else 0), needed=True)


def small_buffers(small: bool) -> None:
    """How much a sender's socket takes beyond what its peer reads: little, or as by default."""
    low, usual, most = (4096, 16384, 32768) if small else (4096, 16384, 4194304)
    _write("tcp_wmem", f"{low} {usual} {most}", needed=False)


def _write(name: str, value: str, *, needed: bool) -> None:
    try:
        (_NET / name).write_text(value)
    except OSError:
        if needed:
            raise


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(probe, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP_RUNNING))
