from attaque import *

serve()
import threading

count, hold = 0, threading.Event()
threading.stack_size(65536)
try:
    for _ in range(300):
        threading.Thread(target=hold.wait, daemon=True).start()
        count += 1
except RuntimeError:
    pass
if count > LIMITS.get("processes", 64):
    escaped(20, f"{count} threads")
tried(20, f"{count} threads")
sys.stdout.flush()
os._exit(0)
