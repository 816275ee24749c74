from attaque import *

call()
limit = LIMITS.get("memory", 512 << 20)
libc.shmat.restype = ctypes.c_void_p
part, total = 8 << 20, 0
while total <= limit:
    shared = libc.shmget(0, part, 0o1600)
    if shared < 0:
        break
    address = libc.shmat(shared, None, 0)
    if address in (None, ctypes.c_void_p(-1).value):
        break
    ctypes.memset(ctypes.c_void_p(address), 1, part)
    libc.shmdt(ctypes.c_void_p(address))
    total += part
if total > limit:
    escaped(19, f"held {total >> 20} MB")
tried(19, f"held {total >> 20} MB")
