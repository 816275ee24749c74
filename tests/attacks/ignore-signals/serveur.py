from attaque import *

serve()
import atexit
import signal

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
atexit.register(signal.pause)
tried(23, "62 signals")
