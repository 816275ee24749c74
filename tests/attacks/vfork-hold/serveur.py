from attaque import *

serve()
import signal

tried(10, "vfork")
libc.vfork.restype = ctypes.c_int
if os.fork() == 0:
    syscall(58) if X86 else syscall(220, 0x4111, 0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    signal.pause()
