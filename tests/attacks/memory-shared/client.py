from attaque import *

call()
import mmap
import time

limit = LIMITS.get("memory", 512 << 20)
share = limit >> 3
held = 0
tried(19, "starting")
ends = os.pipe()
children = []
for _ in range(16):
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        shared = mmap.mmap(-1, share)
        for at in range(0, share, 4096):
            shared[at] = 1
        os.write(ends[1], b"x")
        os.read(os.pipe()[0], 1)
    children.append(child)
for _ in children:
    held += len(os.read(ends[0], 1)) * share
# It is looked for every 20 ms, and the machine may be slow: what counts is to keep it.
time.sleep(2)
escaped(19, f"held {held >> 20} MB")
