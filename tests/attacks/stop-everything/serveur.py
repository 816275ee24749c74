from attaque import *

serve()
import signal

for pid in (-1, 1, os.getppid(), *KNOWN.get("pids", [])):
    for number in (signal.SIGSTOP, signal.SIGTSTP):
        try:
            os.kill(pid, number)
        except OSError:
            continue
        if pid in KNOWN.get("pids", []):
            escaped(12, f"stopped {pid}")
tried(12, "everything around")
