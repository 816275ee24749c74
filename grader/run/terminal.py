"""The program's private terminal: what it prints is what a student would have seen.

A raw pseudo-terminal, nobody's controlling terminal, 80 x 24. Programs print line by line
to a terminal, and lose nothing when they are killed; to a pipe they would.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import sys
import termios
import tty
from functools import partial

from grader.run.available import available

assert sys.platform != "win32"  # noqa: S101 -- for mypy, too

_SIZE = struct.pack("HHHH", 24, 80, 0, 0)


class Terminal:
    """A pseudo-terminal; `slave` is for the program and is closed here once it has it."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, _SIZE)
        os.set_blocking(self.master, False)

    def hand_over(self) -> None:
        """Close our copy of the slave: the program has the only ones."""
        if self.slave >= 0:
            os.close(self.slave)
            self.slave = -1

    def type(self, data: bytes) -> None:
        """Type on the keyboard."""
        with contextlib.suppress(OSError):
            os.write(self.master, data)

    def close(self) -> None:
        """Close both ends."""
        self.hand_over()
        if self.master >= 0:
            os.close(self.master)
            self.master = -1


def read_available(fd: int, limit: int) -> tuple[bytes, bool]:
    """What can be read now, `limit` bytes at most, and whether the end was seen.

    The master of a terminal whose slaves are all closed fails with EIO: that is its end.
    """
    return available(partial(os.read, fd), limit)
