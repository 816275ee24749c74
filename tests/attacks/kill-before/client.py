from attaque import *
import signal

for pid in (-1, 1, os.getppid(), *KNOWN.get("pids", [])):
    for number in (signal.SIGABRT, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except OSError:
            continue
        if pid in KNOWN.get("pids", []):
            escaped(12, f"killed {pid}")
tried(12, "everything around")

call()
