from attaque import *

serve()
import signal

kinds = {"NEWUSER": 0x10000000, "NEWNS": 0x20000, "NEWNET": 0x40000000, "NEWPID": 0x20000000,
         "NEWIPC": 0x8000000, "NEWUTS": 0x4000000, "NEWCGROUP": 0x2000000, "NEWTIME": 0x80}
UNSHARE, CLONE, SETNS = (272, 56, 308) if X86 else (97, 220, 268)
for name, flag in kinds.items():
    attempt(9, "unshare " + name, syscall, UNSHARE, flag)
    attempt(9, "unshare NEWUSER and " + name, syscall, UNSHARE, flag | kinds["NEWUSER"])
for name, flag in kinds.items():
    if name == "NEWTIME":
        continue
    try:
        child = syscall(CLONE, flag | signal.SIGCHLD, 0, 0, 0, 0)
    except OSError:
        continue
    if child == 0:
        os._exit(0)
    escaped(9, "clone " + name)
    os.waitpid(child, 0)
for pid in (1, os.getpid()):
    for kind in ("user", "mnt", "net", "pid"):
        try:
            fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
        except OSError:
            continue
        attempt(9, f"setns {kind} of {pid}", syscall, SETNS, fd, 0)
tried(9, f"{len(kinds)} namespaces")
