from attaque import *

call()
import errno
import fcntl

path = "/usr/bin/env"
fd = os.open(path, os.O_RDONLY)


def lock(call, *arguments):
    """A lock that is held by another is a message too."""
    try:
        call(*arguments)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise


attempt(54, "flock", lock, fcntl.flock, fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
attempt(54, "lockf", lock, fcntl.lockf, fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
attempt(54, "lease", lock, fcntl.fcntl, fd, 1024, fcntl.F_RDLCK)
watch = libc.inotify_init1(0)
if watch >= 0:
    attempt(54, "inotify", syscall, 254 if X86 else 27, watch, path.encode(), 0x20)
tried(54, "locks, leases, watches")
