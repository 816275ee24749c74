"""The system calls that a program under test is refused, as data: each group with its reason.

What is not listed stays allowed: a deny list, so that any right program in any language
runs as usual. Namespaces, missing capabilities and `no_new_privs` refuse most of these
already; the list is for the day on which one of those has a hole. Numbers are from the
kernel's uapi headers.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Literal

Operator = Literal["is", "has", "not", "above"]
"""`is`: the lower 32 bits are equal; `has`: these bits are set; `not` and `above`: all 64 bits.

The kernel looks at 32 bits of an `int`, so a test for equality must look at no more, or any
bit above them gets past it."""


@dataclass(frozen=True)
class Condition:
    """A condition on argument number `argument`, from 0."""

    argument: int
    operator: Operator
    value: int


@dataclass(frozen=True, kw_only=True)
class Denied:
    """Calls that fail with `error`, always or where all of `when` holds."""

    why: str
    calls: tuple[str, ...]
    when: tuple[Condition, ...] = ()
    error: int = errno.EPERM


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NAMESPACES = {
    "CLONE_NEWNS": 0x0002_0000,
    "CLONE_NEWCGROUP": 0x0200_0000,
    "CLONE_NEWUTS": 0x0400_0000,
    "CLONE_NEWIPC": 0x0800_0000,
    "CLONE_NEWUSER": 0x1000_0000,
    "CLONE_NEWPID": 0x2000_0000,
    "CLONE_NEWNET": 0x4000_0000,
}
"""Flags of clone(2). CLONE_NEWTIME is none of them: its bit is part of the signal there."""
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_BELOW_NETLINK = tuple({*range(3, _NETLINK)} - {_INET6})
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_MM = 4, 22, 35
_LOCKS = {
    "F_GETLK": 5, "F_SETLK": 6, "F_SETLKW": 7,
    "F_OFD_GETLK": 36, "F_OFD_SETLK": 37, "F_OFD_SETLKW": 38,
    "F_SETLEASE": 1024, "F_GETLEASE": 1025, "F_NOTIFY": 1026,
}  # fmt: skip

ALWAYS: tuple[Denied, ...] = (
    Denied(
        why="looking into other processes and freezing them, the sandbox's first one above all",
        calls=_words("ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd"),
    ),
    Denied(
        why="the kernel's key rings are one for each user, not for each sandbox",
        calls=_words("add_key request_key keyctl"),
    ),
    Denied(
        why="parts of the kernel in which holes are found most often, and that no lab needs",
        calls=_words("bpf perf_event_open userfaultfd modify_ldt seccomp"),
    ),
    Denied(
        why="calls made through rings are seen by no filter",
        calls=_words("io_uring_setup io_uring_enter io_uring_register"),
        error=errno.ENOSYS,
    ),
    Denied(
        why="changing what is mounted where, the old and the new way",
        calls=_words(
            "mount umount umount2 pivot_root chroot fsopen fsconfig fsmount fspick move_mount "
            "open_tree open_tree_attr mount_setattr statmount listmount open_by_handle_at"
        ),
    ),
    Denied(
        why="new namespaces, and those of others",
        calls=_words("unshare setns"),
    ),
    Denied(
        why="its flags are in memory, where no filter can read: libc falls back to clone",
        calls=_words("clone3"),
        error=errno.ENOSYS,
    ),
    Denied(
        why="the machine itself: another kernel, its modules, devices, clock, swap and log",
        calls=_words(
            "kexec_load kexec_file_load init_module finit_module delete_module create_module "
            "query_module get_kernel_syms reboot swapon swapoff syslog acct quotactl quotactl_fd "
            "nfsservctl lookup_dcookie vhangup iopl ioperm settimeofday clock_settime "
            "_sysctl uselib ustat sysfs"
        ),
    ),
    Denied(
        why="memory that belongs to no process, so that no limit counts it without a cgroup",
        calls=_words("memfd_create memfd_secret shmget msgget"),
        error=errno.ENOSYS,
    ),
    Denied(
        why="two programs at the same time could talk through watches on files that both see",
        calls=_words("inotify_init inotify_init1 fanotify_init fanotify_mark"),
        error=errno.ENOSYS,
    ),
    Denied(
        why="the same through locks on such files",
        calls=_words("flock"),
        error=errno.ENOLCK,
    ),
)

SOMETIMES: tuple[Denied, ...] = (
    *(
        Denied(why=f"new namespaces ({name})", calls=("clone",), when=(Condition(0, "has", flag),))
        for name, flag in _NAMESPACES.items()
    ),
    *(
        Denied(
            why="kinds of sockets beside those of the internet, of files and of the routing table"
            " (getaddrinfo needs that one): AF_PACKET, AF_VSOCK, AF_ALG and all others",
            calls=("socket", "socketpair"),
            when=(condition,),
            error=errno.EAFNOSUPPORT,
        )
        for condition in (
            *(Condition(0, "is", family) for family in _BELOW_NETLINK),
            Condition(0, "above", _NETLINK),
        )
    ),
    Denied(
        why="of the kernel's own protocols only the routing table",
        calls=("socket",),
        when=(Condition(0, "is", _NETLINK), Condition(2, "not", 0)),
        error=errno.EPROTONOSUPPORT,
    ),
    *(
        Denied(
            why="typing into a terminal as if a person did",
            calls=("ioctl",),
            when=(Condition(1, "is", request),),
        )
        for request in (_TIOCSTI, _TIOCLINUX)
    ),
    *(
        Denied(
            why="hiding from who looks on (PR_SET_DUMPABLE, PR_SET_MM), filters of its own",
            calls=("prctl",),
            when=(Condition(0, "is", option),),
        )
        for option in (_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_MM)
    ),
    *(
        Denied(
            why=f"two programs at the same time could talk through locks ({name})",
            calls=("fcntl",),
            when=(Condition(1, "is", command),),
            error=errno.ENOLCK,
        )
        for name, command in _LOCKS.items()
    ),
)

YOUNG = {"statmount": 457, "listmount": 458, "open_tree_attr": 467}
"""Calls that an older libseccomp does not know; since 424 numbers are the same everywhere."""
