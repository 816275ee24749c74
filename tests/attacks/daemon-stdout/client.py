from attaque import *

call()
import time

tried(26, "leaving")
if os.fork() == 0:
    os.setsid()
    while True:
        time.sleep(0.1)
        os.write(1, b".")
