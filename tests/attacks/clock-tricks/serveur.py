from attaque import *

serve()
import time

now = time.time()
attempt(55, "clock_settime", time.clock_settime, time.CLOCK_REALTIME, now + 86400)
attempt(55, "settimeofday", syscall, 164 if X86 else 170, (ctypes.c_long * 2)(int(now) + 9, 0), 0)
timex = (ctypes.c_long * 32)(0x8000 | 0x4000)
timex[2] = 500
attempt(55, "adjtimex", syscall, 159 if X86 else 171, timex)
for stamp in (-(2**33), 0, 2**34, 2**62 // 10**9):
    for path in ("serveur.py", "/tmp"):
        try:
            os.utime(path, (stamp, stamp))
        except (OSError, OverflowError):
            pass
if abs(time.time() - now) > 60:
    escaped(55, "the clock moved")
tried(55, "three calls")
