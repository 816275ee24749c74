from attaque import *

call()
import time

tried(21, "starting")
burnt, limit = 0.0, LIMITS.get("cpu", 5.0)
while burnt < limit * 4:
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            end = time.process_time() + 0.05
            while time.process_time() < end:
                pass
        os._exit(0)
    os.waitpid(child, 0)
    burnt += 0.05
    time.sleep(0.05)
escaped(21, f"burnt {burnt:.1f} s")
