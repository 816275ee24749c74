from attaque import *

call()
import mmap

limit = LIMITS.get("file_size", 16 << 20)
fd = os.open("/tmp/geant", os.O_RDWR | os.O_CREAT)
attempt(18, "stretched", os.ftruncate, fd, limit * 4)
attempt(18, "reserved", os.posix_fallocate, fd, 0, limit * 2)
attempt(18, "written far away", os.pwrite, fd, b"x", limit * 2)
written = 0
try:
    while written <= limit * 2:
        written += os.write(fd, b"x" * 65536)
except OSError:
    pass
if written > limit:
    escaped(18, f"{written} bytes in one file")
tried(18, f"{written} bytes")
