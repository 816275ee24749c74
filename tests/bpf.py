"""Runs a seccomp filter as the kernel does: classic BPF over struct seccomp_data.

Only the instructions that such filters have; anything else is an error. Source: the kernel's
net/core/filter.c and uapi/linux/{bpf_common,filter,seccomp}.h.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable

_INSTRUCTION = struct.Struct("=HBBI")
_DATA = struct.Struct("<iIQ6Q")
_LOAD, _AND, _RETURN, _JUMP = 0x20, 0x54, 0x06, 0x05
_BRANCHES: dict[int, Callable[[int, int], bool]] = {
    0x15: operator.eq,
    0x25: operator.gt,
    0x35: operator.ge,
    0x45: lambda a, b: bool(a & b),
}
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000


def run(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the filter says of a call: its 32-bit action."""
    instructions = list(_INSTRUCTION.iter_unpack(program))
    padded = [*arguments, *[0] * (6 - len(arguments))]
    signed = number - (1 << 32) if number >> 31 else number
    data = _DATA.pack(signed, architecture, 0, *padded)
    at = accumulator = 0
    while True:
        code, yes, no, value = instructions[at]
        at += 1
        if code == _LOAD:
            if value % 4:
                raise ValueError("a load that the kernel refuses")
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == _AND:
            accumulator &= value
        elif code == _JUMP:
            at += value
        elif code == _RETURN:
            return int(value)
        else:
            at += yes if _BRANCHES[code](accumulator, value) else no


def error_of(action: int) -> int:
    """The errno that an action gives; 0: the call is made.

    Raises:
        ValueError: it is neither of the two.
    """
    if action == _ALLOW:
        return 0
    if action & 0xFFFF0000 == _ERRNO and action & 0xFFFF:
        return action & 0xFFFF
    raise ValueError(f"another action: {action:#x}")
