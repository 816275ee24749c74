from attaque import *

serve()
total, block = 0, b"x" * 262144
for folder in ("/submission", "/tmp", "/dev/shm", "/var/tmp", "/dev", "/"):
    for number in range(40):
        try:
            fd = os.open(os.path.join(folder, f"plein{number}"), os.O_WRONLY | os.O_CREAT)
        except OSError:
            break
        try:
            while total < 96 << 20:
                total += os.write(fd, block)
        except OSError:
            pass
        os.close(fd)
if total > 4 * LIMITS.get("work_size", 64 << 20):
    escaped(18, f"wrote {total >> 20} MB")
tried(18, f"wrote {total >> 20} MB")
