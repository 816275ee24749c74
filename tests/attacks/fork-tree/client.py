from attaque import *

call()
import signal
for _ in range(7):
    try:
        os.fork()
    except OSError:
        break
count = sum(name.isdigit() for name in os.listdir("/proc"))
if count > LIMITS.get("processes", 64) + 2:
    escaped(20, f"{count} processes")
tried(20, f"{count} processes")
