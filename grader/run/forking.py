"""The process that forks workers (`grader.run.nursery` starts it and asks for them).

It has one thread and does nothing but import, wait and fork. A worker is a fork of a fork: when
the one between has ended it is a child of whoever asked, who has said that orphans are its own.
It has a process group of its own: a terminal's Ctrl-C is for whoever asked.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import NoReturn

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

PID = struct.Struct("=i")
"""The answer to an order: the number of the worker."""
_ORDER = 16


def _end_after(work: Callable[[], None]) -> NoReturn:
    """Do it, and end this process: what is to be removed then is removed.

    Nothing is finalized one by one, which takes a worker longer than a run: the kernel takes all.
    """
    status = 1
    try:
        work()
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            atexit._run_exitfuncs()
            sys.stderr.flush()
        finally:
            os._exit(status)


def main() -> None:
    """Entry point: `forking SOCKET`. An order has three descriptors: orders, replies, stderr."""
    control, parent = socket.socket(fileno=int(sys.argv[1])), os.getppid()
    control.set_inheritable(False)
    # Ctrl-C is for who started us: it closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    from grader.run import worker

    worker.remember()
    # What is frozen no collector visits, so that workers share its pages.
    gc.collect()
    gc.freeze()
    while True:
        order, fds, _, _ = socket.recv_fds(control, _ORDER, 3)
        if not order:
            return
        read, write = os.pipe()
        between = os.fork()
        if not between:
            if made := os.fork():
                # Of what it is killed in the middle of nothing is to stay (`nursery.wait_whole`).
                os.setpgid(made, made)
                os.write(write, PID.pack(made))
                os._exit(0)
            orders, replies, said = fds
            os.dup2(said, 2)
            for fd in (read, write, said, control.detach()):
                os.close(fd)
            _end_after(partial(worker.live, orders, replies, parent))
        # From its end on the worker is the child of who asked.
        os.waitpid(between, 0)
        os.close(write)
        told = os.read(read, PID.size)
        for fd in (read, *fds):
            os.close(fd)
        control.send(told)
