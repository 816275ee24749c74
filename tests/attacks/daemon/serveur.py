from attaque import *

serve()
import time

tried(24, "leaving")
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    for fd in range(3):
        os.close(fd)
    while True:
        time.sleep(0.2)
