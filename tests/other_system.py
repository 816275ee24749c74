"""Makes this Linux look like Windows or macOS to a child interpreter, as far as that goes.

`python other_system.py win32|darwin COMMAND...` runs `wiregrade COMMAND...` in which modules and
functions that the other system lacks are gone. The harness goes first: what it imports of the
standard library decides by the real platform, all of ours by the pretended one.
"""

from __future__ import annotations

import asyncio  # noqa: F401 -- decides by the platform when it is imported
import multiprocessing  # noqa: F401 -- likewise
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile  # noqa: F401 -- likewise
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import psutil

LACKS_MODULES = {
    "win32": {"fcntl", "pty", "resource", "termios", "tty", "grp", "pwd", "syslog"},
    "darwin": set[str](),
}
_NOT_ON_MACOS = {
    "os": (
        "pidfd_open", "sched_getaffinity", "sched_setaffinity", "memfd_create", "waitid",
        "O_TMPFILE", "setresuid", "setresgid", "eventfd", "unshare", "setns",
    ),
    "socket": (
        "AF_NETLINK", "AF_PACKET", "SOCK_CLOEXEC", "SOCK_NONBLOCK", "TCP_INFO", "TCP_QUICKACK",
    ),
    "signal": ("pidfd_send_signal",),
    "select": ("epoll",),
}  # fmt: skip
_NOT_ON_WINDOWS = {
    "os": (
        *_NOT_ON_MACOS["os"], "fork", "forkpty", "openpty", "getuid", "geteuid", "getgid",
        "getegid", "setuid", "setgid", "setgroups", "killpg", "getpgid", "setsid", "O_NONBLOCK",
        "O_CLOEXEC", "O_NOFOLLOW", "O_DIRECTORY", "pread", "pwrite", "posix_spawn", "statvfs",
        "sysconf", "uname", "chown", "sched_yield", "set_blocking", "mkfifo",
    ),
    "socket": (*_NOT_ON_MACOS["socket"], "AF_UNIX"),
    "signal": (
        *_NOT_ON_MACOS["signal"], "pthread_sigmask", "SIGKILL", "SIGSTOP", "SIGCONT", "SIGALRM",
        "SIGHUP", "SIGUSR1", "SIGWINCH", "SIGPIPE", "SIGCHLD", "setitimer", "alarm", "sigwait",
    ),
    "select": (*_NOT_ON_MACOS["select"], "poll"),
}  # fmt: skip
LACKS = {"win32": _NOT_ON_WINDOWS, "darwin": _NOT_ON_MACOS}
PSUTILS = "/proc/psutil"
"""Where it alone looks, if it is to tell."""
ROOT = Path(__file__).resolve().parent.parent


def as_on(system: str, *command: str, temporary: Path, told: bool = False) -> list[str]:
    """`wiregrade COMMAND` where /proc is empty and what `system` lacks is gone.

    `told`: psutil tells of processes, as it does there; else it is blind, which is harder.
    """
    bwrap = shutil.which("bwrap")
    assert bwrap is not None, "bubblewrap hides /proc: apt-get install bubblewrap"
    apart = ["--tmpfs", "/proc", "--unshare-net", "--unshare-pid", "--die-with-parent"]
    if told:
        apart += ["--proc", PSUTILS]
    harness = (sys.executable, "-P", str(Path(__file__).resolve()), system)
    return [
        bwrap, "--dev-bind", "/", "/", *apart, "--setenv", "TMPDIR", str(temporary),
        "--", *harness, *command,
    ]  # fmt: skip


class Refuses:
    """A finder that knows nothing of these modules."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse, or leave it to others."""
        if name in self._names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def socketpair() -> tuple[socket.socket, socket.socket]:
    """As Python makes one on Windows: over the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        return near, server.accept()[0]


def killed(self: subprocess.Popen[bytes] | psutil.Process) -> None:
    """TerminateProcess, as far as we have it."""
    if isinstance(self, psutil.Process) or self.returncode is None:
        os.kill(self.pid, 9)


class Winsock(socket.socket):
    """Its struct linger is two u_short; ours is two int."""

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:  # type: ignore[override]
        if option == socket.SO_LINGER:
            assert isinstance(value, bytes)
            value = struct.pack("ii", *struct.unpack("hh", value))
        super().setsockopt(level, option, value)


def pretend(system: str) -> None:
    """From now on this is `system` to whoever asks."""
    for name in LACKS_MODULES[system]:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, Refuses(LACKS_MODULES[system]))
    for module, names in LACKS[system].items():
        for name in names:
            if hasattr(sys.modules[module], name):
                delattr(sys.modules[module], name)
    if system == "win32":
        # What it has and we have not, in a form that changes nothing here.
        subprocess.CREATE_NEW_PROCESS_GROUP = 0  # type: ignore[attr-defined]
        socket.SO_EXCLUSIVEADDRUSE = socket.SO_REUSEADDR  # type: ignore[attr-defined]
        socket.socketpair = socketpair  # type: ignore[assignment]
        subprocess.Popen.kill = killed  # type: ignore[method-assign,assignment]
        psutil.Process.kill = killed  # type: ignore[method-assign]
        socket.socket = Winsock  # type: ignore[misc]
        os.O_BINARY = 0  # type: ignore[attr-defined]
    # It reads /proc here, and has other ways there.
    if os.listdir("/proc"):  # noqa: PTH208 -- nothing of ours is loaded yet
        psutil.PROCFS_PATH = PSUTILS
    else:
        psutil.process_iter = lambda: iter(())  # type: ignore[assignment]
    sys.platform = system


def main() -> int:
    """Run the command as that system would."""
    system, *command = sys.argv[1:]
    pretend(system)
    assert {"psutil"}.issuperset(os.listdir("/proc"))  # noqa: PTH208 -- likewise
    sys.path.insert(0, str(ROOT))
    from grader.cli.app import main as wiregrade

    return wiregrade(command)


if __name__ == "__main__":
    import select  # noqa: F401 -- there before anything of it is taken away
    import signal  # noqa: F401 -- likewise

    raise SystemExit(main())
