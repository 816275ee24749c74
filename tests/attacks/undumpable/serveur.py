from attaque import *

serve()
import signal

if libc.prctl(4, 0, 0, 0, 0) == 0 and libc.prctl(3, 0, 0, 0, 0) == 0:
    escaped(59, "undumpable")
tried(59, "prctl")
signal.pause()
