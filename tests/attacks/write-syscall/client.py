from attaque import *

call()
import threading

tried(59, "a full pipe")
_, end = os.pipe()
threading.Thread(target=threading.Lock().acquire, daemon=True).start()
while True:
    os.write(end, b"x" * 65536)
