"""The filter of system calls: built by the system's libseccomp, handed to bubblewrap as BPF.

Source: seccomp(2), seccomp_rule_add(3). The filter knows one architecture, this machine's;
calls of any other (i386 and x32 on x86-64, 32-bit ARM on aarch64) fail with ENOSYS, since a
filter that lets foreign call numbers through filters nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.denied import ALWAYS, SOMETIMES, YOUNG, Condition, Denied

LIBRARY = "libseccomp.so.2"
MACHINES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
"""Machine as uname(2) has it -> AUDIT_ARCH_* of the kernel."""

_ALLOW = 0x7FFF_0000
_ERRNO = 0x0005_0000
_ACTION_OF_FOREIGN = 2  # SCMP_FLTATR_ACT_BADARCH
_OPERATORS = {"not": 1, "above": 6}
_MASKED_EQUAL = 7
_LOWER = 0xFFFF_FFFF
_UNKNOWN = -1
_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_libc = ctypes.CDLL(None, use_errno=True)


class SeccompError(Exception):
    """No filter can be had here; the message says why."""


class Filter(NamedTuple):
    """`bpf` is what the kernel takes; empty where there is no filter, and `missing` says why."""

    bpf: bytes
    missing: str


class _Compare(ctypes.Structure):
    """struct scmp_arg_cmp."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


@cache
def own() -> Filter:
    """The filter for this machine. It is built once in each process; it takes a few ms."""
    try:
        if not _kernel_filters():
            raise SeccompError("this kernel has no filters for system calls")
        return Filter(build(os.uname().machine), "")
    except SeccompError as error:
        return Filter(b"", str(error))


def build(machine: str) -> bytes:
    """The filter for `machine` as BPF, an array of struct sock_filter.

    Raises:
        SeccompError: no libseccomp, or a machine that the list was not made for.
    """
    if machine not in MACHINES:
        raise SeccompError(f"no filter for {machine}, only for {' and '.join(MACHINES)}")
    library = _library()
    context = library.seccomp_init(_ALLOW)
    if not context:
        raise SeccompError("libseccomp could not begin a filter")
    try:
        _only(library, context, MACHINES[machine])
        for denied in (*ALWAYS, *SOMETIMES):
            _deny(library, context, MACHINES[machine], denied)
        return _exported(library, context)
    finally:
        library.seccomp_release(context)


def _kernel_filters() -> bool:
    """The kernel finds the missing filter at fault (EFAULT), and not the question (EINVAL)."""
    _libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, None, 0, 0)
    return ctypes.get_errno() == errno.EFAULT


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise SeccompError(f"{LIBRARY} is not installed") from error
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_release.restype = None
    library.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    for name in ("seccomp_arch_add", "seccomp_arch_remove"):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Compare),
    ]  # fmt: skip
    return library


def _only(library: ctypes.CDLL, context: int, architecture: int) -> None:
    """One architecture, which need not be this machine's; all others are refused."""
    native = _native(library)
    if native != architecture:
        _check(library.seccomp_arch_add(context, architecture), "another architecture")
        _check(library.seccomp_arch_remove(context, native), "one architecture alone")
    refused = _ERRNO | errno.ENOSYS
    _check(library.seccomp_attr_set(context, _ACTION_OF_FOREIGN, refused), "foreign calls")


def _native(library: ctypes.CDLL) -> int:
    return int(library.seccomp_arch_native()) & _LOWER


def _deny(library: ctypes.CDLL, context: int, architecture: int, denied: Denied) -> None:
    compared = [_compare(condition) for condition in denied.when]
    array = (_Compare * len(compared))(*compared)
    young = YOUNG if _native(library) == architecture else {}
    for number in _numbers(library, denied.calls, young):
        result = library.seccomp_rule_add_array(
            context, _ERRNO | denied.error, number, len(compared), array
        )
        _check(result, f"a rule for {' '.join(denied.calls)}")


def _numbers(library: ctypes.CDLL, calls: Iterable[str], young: Mapping[str, int]) -> Iterator[int]:
    """How libseccomp names the calls that it knows: by this machine's numbers, always.

    It translates them to another architecture by their names, and drops what is not there;
    so a call that it knows by number only (`young`) is for this machine's own.
    """
    for name in calls:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number == _UNKNOWN:
            number = young.get(name, _UNKNOWN)
        if number != _UNKNOWN:
            yield number


def _compare(condition: Condition) -> _Compare:
    argument, operator, value = condition.argument, condition.operator, condition.value
    if operator == "is":
        return _Compare(argument, _MASKED_EQUAL, _LOWER, value)
    if operator == "has":
        return _Compare(argument, _MASKED_EQUAL, value, value)
    return _Compare(argument, _OPERATORS[operator], value, 0)


def _exported(library: ctypes.CDLL, context: int) -> bytes:
    fd = os.memfd_create("wiregrade-filter")
    try:
        _check(library.seccomp_export_bpf(context, fd), "the filter itself")
        return os.pread(fd, os.fstat(fd).st_size, 0)
    finally:
        os.close(fd)


def _check(result: int, what: str) -> None:
    if result < 0:
        raise SeccompError(f"libseccomp refused {what} ({os.strerror(-result)})")
