"""Every frame on the loopback of this network namespace, through a ring shared with the kernel.

One AF_PACKET socket per worker, kept for its life: closing one waits for the kernel, 8 to
16 ms. Layouts: linux/if_packet.h (TPACKET_V2), Documentation/networking/packet_mmap.rst.
"""

from __future__ import annotations

import contextlib
import mmap
import socket
import struct
import sys
from types import TracebackType
from typing import Self

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.errors import FactsUnavailable
from grader.wire.frames import Frame

_SOL_PACKET = 263
_PACKET_RX_RING, _PACKET_STATISTICS, _PACKET_COPY_THRESH = 5, 6, 7
_PACKET_VERSION, _TPACKET_V2 = 10, 1
_PACKET_IGNORE_OUTGOING = 23
_ETH_P_ALL = 3
_OUTGOING = 4
_USER, _COPY = 1, 2

_SLOT = 4096
_SLOTS = 2048
_BLOCK = 1 << 16
_LONG_FRAMES = 4 << 20
"""Bytes of frames too long for a slot that may wait beside the ring."""
_LONGEST = 1 << 20
MOST_KEPT = 32 << 20
"""Bytes kept of one run's frames: an exchange within the lab's limits has far less."""
_FRAME_COST = 128
"""What a frame costs us besides its bytes."""

_RING = struct.Struct("=IIII")
_STATISTICS = struct.Struct("=II")
_SLOT_HEAD = struct.Struct("=IIIHHII")
"""tpacket2_hdr: status, length, captured, begin of the frame, of IP, seconds, nanoseconds."""
_PACKET_TYPE = 32 + 10
"""sockaddr_ll.sll_pkttype, after the head of the slot."""


class Capture:
    """The frames of `lo`, each once, up to `MOST_KEPT` bytes of them; the rest counts as lost.

    A program may talk to itself by the gigabyte.

    Needs CAP_NET_RAW over the network namespace.

    Raises:
        FactsUnavailable: the kernel refuses.
    """

    def __init__(self, interface: str = "lo") -> None:
        try:
            # Protocol 0: nothing arrives before the ring is in place and the socket is bound.
            self._socket = socket.socket(
                socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, 0
            )
        except OSError as error:
            raise _refused(error) from error
        try:
            self._incoming_only = self._configure()
            self._map = mmap.mmap(self._socket.fileno(), _SLOT * _SLOTS)
            self._socket.bind((interface, _ETH_P_ALL))
        except OSError as error:
            self._socket.close()
            raise _refused(error) from error
        self._status = memoryview(self._map).cast("I")
        self._next = 0
        self._losses = 0
        self._kept = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def fileno(self) -> int:
        """The descriptor, readable when there are frames."""
        return self._socket.fileno()

    def drain(self) -> list[Frame]:
        """The frames that came since the last time, in order."""
        frames: list[Frame] = []
        while True:
            at = self._next * _SLOT
            status, length, captured, begin, _, seconds, nanoseconds = _SLOT_HEAD.unpack_from(
                self._map, at
            )
            if not status & _USER:
                return frames
            data = self._map[at + begin : at + begin + captured]
            if status & _COPY:
                data = self._long_frame() or data
            if self._incoming_only or self._map[at + _PACKET_TYPE] != _OUTGOING:
                if self._kept + len(data) <= MOST_KEPT:
                    self._kept += len(data) + _FRAME_COST
                    frames.append(Frame(seconds * 1_000_000_000 + nanoseconds, data, length))
                else:
                    self._losses += 1
            self._status[at // 4] = 0  # the slot is the kernel's again
            self._next = (self._next + 1) % _SLOTS

    def clear(self) -> None:
        """Forget the frames that came since the last time, and the losses."""
        self.drain()
        self.losses()
        self._losses = self._kept = 0

    def losses(self) -> int:
        """How many frames found no room, since the beginning or `clear`."""
        raw = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, _STATISTICS.size)
        self._losses += _STATISTICS.unpack(raw)[1]  # asking sets the kernel's count to 0
        return self._losses

    def close(self) -> None:
        """Give the ring and the socket back (the kernel takes some milliseconds)."""
        self._status.release()
        self._map.close()
        self._socket.close()

    def _configure(self) -> bool:
        """Set the ring up; False where each frame will come twice, outgoing and incoming."""
        self._socket.setsockopt(_SOL_PACKET, _PACKET_VERSION, _TPACKET_V2)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_COPY_THRESH, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _LONG_FRAMES)
        ring = _RING.pack(_BLOCK, _SLOT * _SLOTS // _BLOCK, _SLOT, _SLOTS)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_RX_RING, ring)
        with contextlib.suppress(OSError):  # Linux 4.20 and later
            self._socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
            return True
        return False

    def _long_frame(self) -> bytes:
        """A frame longer than a slot also waits, whole, as on a socket without a ring."""
        try:
            return self._socket.recv(_LONGEST)
        except BlockingIOError:
            return b""


def _refused(error: OSError) -> FactsUnavailable:
    return FactsUnavailable(
        f"the frames of the loopback can't be captured ({error})",
        "they are drawn from the reference's own record instead; see: wiregrade doctor",
    )
