from attaque import *

call()
size = 0
try:
    memory = os.open("/proc/1/mem", os.O_RDONLY)
    with open("/proc/1/maps") as maps:
        parts = [line.split() for line in maps]
except OSError:
    parts = []
for part in parts:
    start, end = (int(word, 16) for word in part[0].split("-"))
    if "r" not in part[1] or "[v" in part[-1] or end - start > 16 << 20:
        continue
    try:
        data = os.pread(memory, end - start, start)
    except OSError:
        continue
    size += len(data)
    spot(6, part[-1], data)
    for path in KNOWN.get("host_paths", []):
        if path.encode() in data:
            escaped(6, f"{part[-1]} holds {path}")
tried(5, f"{size >> 10} kB")
