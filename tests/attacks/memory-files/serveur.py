from attaque import *

serve()
import signal

limit = LIMITS.get("memory", 512 << 20)
size = LIMITS.get("file_size", 16 << 20)
block = b"x" * 65536
tried(19, "starting")
receive, send = os.pipe()


def fill(most):
    """Take up to `most` bytes in files of memory."""
    total, held = 0, []
    try:
        while total < most:
            held.append(os.memfd_create("cache"))
            for _ in range(size // len(block)):
                total += os.write(held[-1], block)
    except OSError:
        pass
    return total, held


for _ in range(6):
    if os.fork() == 0:
        total, held = fill(limit // 4)
        os.write(send, b"%09d " % total)
        signal.pause()
total = sum(int(os.read(receive, 10)) for _ in range(6))
if total > limit:
    escaped(19, f"held {total >> 20} MB")
