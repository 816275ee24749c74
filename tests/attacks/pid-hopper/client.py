from attaque import *

call()
import time

tried(24, "hopping")
if os.fork() == 0:
    os.setsid()
    for _ in range(2000):
        try:
            if os.fork():
                os._exit(0)
        except OSError:
            time.sleep(0.01)
