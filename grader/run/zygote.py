"""Runs in the sandbox, by the students' interpreter: started once, forked for each run.

Only the standard library, and nothing of ours: it lies there as `sitecustomize.py`
(`grader.run.warm`), which an interpreter imports before it opens the program. When `main` has
returned the interpreter itself runs the program, as ever: no frame of ours lies below it. No
code of a student's ever runs in the zygote. A run is a fork of a fork: the first is process
number 1 of the run's own namespaces and holds them, the second becomes the program.

The zygote keeps two capabilities to make those namespaces; a program loses them, and gets the
filter of system calls, before it comes to its gate. Messages go over a socket: an order with
three descriptors (terminal, standard error, gate), then `up` from the program at its gate, and
`gone` with a wait status from the zygote when the kernel has ended all of the run.
"""

import os
import sys

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

CONTROL, CONFIG = 6, 7
HERE = "/tmp/.wiregrade-warm"  # noqa: S108 -- the sandbox's own; each run gets another /tmp
PROC = HERE + "/proc"
"""A whole /proc of the zygote's sandbox: only beside one does the kernel mount another."""
CAPABILITIES = {"CAP_SYS_ADMIN": 21, "CAP_SETPCAP": 8}

_NEWNS, _NEWIPC, _NEWPID = 0x0002_0000, 0x0800_0000, 0x2000_0000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND = 1, 2, 4, 8, 32, 4096
_REC, _PRIVATE = 1 << 14, 1 << 18
_TERMINALS = b"newinstance,ptmxmode=0666,mode=620"
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _FILTER = 4, 22, 24, 2
_CAPABILITY_VERSION_3 = 0x2008_0522
_MOST_FDS = 1 << 10
_FAILED = 125
_AT_START = """__main__ _abc _codecs _collections_abc _distutils_hack _frozen_importlib
_frozen_importlib_external _imp _io _signal _sitebuiltins _stat _thread _warnings _weakref abc
builtins codecs encodings encodings.aliases encodings.utf_8 faulthandler genericpath io marshal os
os.path posix posixpath site sitecustomize stat sys time zipimport"""
"""What an interpreter imports at its start, with setuptools' own. Where other packages add to that
(.pth files), nothing has been compared, and it is not used."""


class Zygote:
    """The interpreter that waits."""

    def __init__(
        self,
        files: list[tuple[bytes, bytes | None]],
        folders: list[bytes],
        size: bytes,
        cwd: bytes,
        bpf: bytes,
    ) -> None:
        """As `grader.run.warm` has written it.

        A run has fresh `folders`, each with the options `size`, in them `files` (without bytes:
        a folder), and begins in `cwd`; `bpf` is its filter of system calls.
        """
        import _signal  # type: ignore[import-not-found]
        import ctypes

        self.signal, self.errno = _signal, ctypes.get_errno
        self.libc, self.long = ctypes.CDLL(None, use_errno=True), ctypes.c_ulong
        self.files, self.folders, self.size, self.cwd = files, folders, size, cwd
        self.kept = ctypes.create_string_buffer(bpf, len(bpf))
        # struct sock_fprog: a count of instructions, padding, their address.
        head = (len(bpf) // 8).to_bytes(8, sys.byteorder)
        address = ctypes.addressof(self.kept).to_bytes(8, sys.byteorder)
        self.filter = ctypes.create_string_buffer(head + address, 16)
        # struct __user_cap_header_struct, and two of __user_cap_data_struct: nothing.
        self.header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        self.no_capability = (ctypes.c_uint32 * 6)()
        self.umask = os.umask(0)
        os.umask(self.umask)

    def connect(self) -> None:
        """Take over the socket; the program's own imports have loaded what that needs."""
        import _socket

        self.socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, CONTROL)
        self.space = _socket.CMSG_SPACE(12)

    def check(self, result: int) -> None:
        """Raise what libc's `errno` says."""
        if result:
            code = self.errno()
            raise OSError(code, os.strerror(code))

    def mount(
        self, source: bytes, target: bytes, kind: bytes, flags: int, data: bytes = b""
    ) -> None:
        """Mount, or say why not."""
        self.check(self.libc.mount(source, target, kind, self.long(flags), data))

    def serve(self) -> None:
        """Make a run for each order. Returns in programs only, each at its opened gate."""
        with open("/proc/self/maps", "rb") as maps:  # noqa: PTH123 -- as few imports as possible
            shared = any(is_shared(line) for line in maps)
        if shared:
            raise RuntimeError("memory of this interpreter would be shared with its runs")
        self.check(self.libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))
        self.move()
        self.socket.send(b"ready")
        while True:
            order, told, _, _ = self.socket.recvmsg(16, self.space)
            if not order:
                os._exit(0)
            numbers = told[0][2]
            fds = [int.from_bytes(numbers[i : i + 4], sys.byteorder) for i in (0, 4, 8)]
            self.check(self.libc.unshare(_NEWPID))
            first = os.fork()
            if not first and self.begin(fds):
                return
            # Back to our own, or the next run's would be refused: they lie side by side.
            self.check(self.libc.setns(self.namespace, _NEWPID))
            for fd in fds:
                os.close(fd)
            # The first of a namespace can be reaped when all others of it have ended.
            status = os.waitpid(first, 0)[1]
            self.socket.send(b"gone %d" % status)

    def move(self) -> None:
        """Go on in a PID namespace that is ours to leave and come back to.

        That of the sandbox belongs to a user namespace around ours, and has no way back.
        """
        self.check(self.libc.unshare(_NEWPID))
        if moved := os.fork():
            self.socket.close()
            os.waitpid(moved, 0)
            os._exit(0)
        self.namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def begin(self, fds: list[int]) -> bool:
        """Be process number 1 of a run; true in its child, which is the program."""
        try:
            self.furnish()
            self.signal.pthread_sigmask(self.signal.SIG_BLOCK, self.signal.valid_signals())
            program = os.fork()
            if not program:
                self.become_program(*fds)
                return True
            self.hold(program, fds)
        except BaseException as error:  # neither of them may go on as something else
            self.socket.send(b"failed " + repr(error).encode()[:400])
        os._exit(_FAILED)

    def furnish(self) -> None:
        """Mount what a run has for itself, and lay a fresh copy of the submission there."""
        os.setsid()
        self.check(self.libc.unshare(_NEWNS | _NEWIPC))
        self.mount(b"none", b"/", b"", _REC | _PRIVATE)
        self.mount(b"proc", b"/proc", b"proc", _NOSUID | _NODEV | _NOEXEC)
        self.mount(b"/proc/sys", b"/proc/sys", b"", _BIND | _REC)
        # Terminals that a program makes, and no way to that of the zygote: both are marked by
        # who has used them.
        self.mount(b"devpts", b"/dev/pts", b"devpts", _NOSUID | _NOEXEC, _TERMINALS)
        self.mount(b"/dev/null", b"/dev/console", b"", _BIND)
        hard = _NOSUID | _NODEV | _NOEXEC | _RDONLY
        self.mount(b"none", b"/proc/sys", b"", _REMOUNT | _BIND | hard)
        for folder in self.folders:
            self.mount(b"tmpfs", folder, b"tmpfs", _NOSUID | _NODEV, self.size)
        os.umask(0)
        for path, data in self.files:
            if data is None:
                os.mkdir(path, 0o755)  # noqa: PTH102 -- as few imports as possible
                continue
            fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            while data:
                data = data[os.write(fd, data) :]
            os.close(fd)
        os.umask(self.umask)
        os.chdir(self.cwd)

    def hold(self, program: int, fds: list[int]) -> None:
        """Stay: what lives here lives as long as we. Stopped by the worker, we reap nothing.

        All signals are blocked, so that none from within does anything. Woken all the same, we
        end with the program and say how that ended, as bubblewrap does.
        """
        for fd in (0, 1, 2, CONTROL, *fds):
            os.close(fd)
        self.signal.sigwait((self.signal.SIGCONT,))
        status = os.waitpid(program, 0)[1]
        number = status & 0x7F
        os._exit(128 + number if number else status >> 8)

    def become_program(self, terminal: int, stderr: int, gate: int) -> None:
        """Give away what a program does not have, then wait at the gate."""
        os.dup2(terminal, 0)
        os.dup2(terminal, 1)
        os.dup2(stderr, 2)
        libc = self.libc
        for number in CAPABILITIES.values():
            self.check(libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0))
        self.check(libc.capset(self.header, self.no_capability))
        self.check(libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))
        self.check(libc.prctl(_PR_SET_SECCOMP, _FILTER, self.filter, 0, 0))
        self.signal.pthread_sigmask(self.signal.SIG_SETMASK, ())
        self.socket.send(b"up")
        self.socket.detach()
        opened = os.read(gate, 1)
        os.closerange(3, _MOST_FDS)
        if not opened:  # who would have opened it has died
            os._exit(0)
        if (threading := sys.modules.get("threading")) is not None:
            threading.main_thread()._set_native_id()


def is_shared(mapped: bytes) -> bool:
    """A line of /proc/PID/maps is of memory that forks share, and can write to.

    Some libraries have such (libffi, where the system lets no memory be written and executed).
    """
    return mapped.split()[1][1::2] == b"ws"


def main() -> bool:
    """Prepare and serve. In a program: whether the interpreter has a `sitecustomize` of its own.

    What the zygote needs is taken out of `sys.modules` again, and so are our folder and the
    variable that led here; then the modules are imported with which the program begins.
    """
    before, folders = {*sys.modules}, {*sys.path_importer_cache} - {HERE}
    if strange := sorted(before - {*_AT_START.split()}):
        some = ", ".join(strange[:3])
        raise RuntimeError(f"a package adds {len(strange)} modules to its start, such as {some}")
    import gc
    import marshal

    with open(CONFIG, "rb") as file:
        config = marshal.loads(file.read())  # noqa: S302 -- from the worker
    preload = config.pop("preload")
    zygote = Zygote(**config)
    for name in {*sys.modules} - before:
        del sys.modules[name]
    for folder in {*sys.path_importer_cache} - folders:
        del sys.path_importer_cache[folder]
    del sys.modules["sitecustomize"]
    sys.path.remove(HERE)
    del os.environ["PYTHONPATH"]
    has_own = True
    try:
        # The interpreter's, if it has one.
        import sitecustomize  # type: ignore[import-not-found] # noqa: F401
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
        has_own = False
    for name in preload:
        __import__(name)
    zygote.connect()
    # What is frozen no collector visits, so that forks share its pages. The program's own
    # module must not be: what it holds at the end would never be finalized.
    gc.collect()
    gc.freeze()
    old = sys.modules["__main__"]
    fresh = type(sys)("__main__")
    fresh.__dict__.clear()
    fresh.__dict__.update(old.__dict__)
    sys.modules["__main__"] = fresh
    zygote.serve()
    return has_own


if __name__ == "sitecustomize":
    try:
        has_own = main()
    except BaseException as error:
        # `site` would say so and go on: nobody's program may run in the zygote.
        os.write(2, (str(error) or repr(error)).encode())
        os._exit(_FAILED)
    if not has_own:
        # The import system then forgets this module, and `site` goes on as without one.
        raise ImportError(name="sitecustomize")
