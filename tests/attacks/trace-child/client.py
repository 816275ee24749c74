from attaque import *

call()
import signal

PTRACE = 101 if X86 else 117
child = os.fork()
if child == 0:
    signal.pause()
attempt(10, "seize a child", syscall, PTRACE, 0x4206, child, 0, 0)
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
child = os.fork()
if child == 0:
    attempt(10, "traceme", syscall, PTRACE, 0, 0, 0, 0)
    os._exit(0)
os.waitpid(child, 0)
tried(10, "a child")
