from attaque import *

serve()
import signal

count = 0
try:
    for _ in range(300):
        if os.fork() == 0:
            signal.pause()
        count += 1
except OSError:
    pass
if count > LIMITS.get("processes", 64):
    escaped(20, f"{count} processes")
tried(20, f"{count} processes")
