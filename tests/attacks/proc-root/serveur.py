from attaque import *

serve()
mine = {os.getpid(), 1}
with open("/proc/self/stat") as stat:
    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
for pid in seen:
    if pid not in mine | {parent}:
        escaped(5, f"sees process {pid}")
    for way in ("root", "cwd", "exe"):
        if pid != os.getpid():
            for secret in KNOWN.get("secrets", []):
                look_at(5, f"/proc/{pid}/{way}{secret}")
    if pid not in mine:
        attempt(5, f"opened the memory of {pid}", os.open, f"/proc/{pid}/mem", os.O_RDWR)
    if pid != os.getpid():
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                look_at(5, f"/proc/{pid}/fd/{fd}")
        except OSError:
            pass
for pid in KNOWN.get("pids", []):
    if os.path.exists(f"/proc/{pid}/status") and pid not in seen:
        escaped(5, f"sees process {pid} of the host")
tried(5, f"{len(seen)} processes")
