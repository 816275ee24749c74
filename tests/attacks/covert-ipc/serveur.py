from attaque import *

serve()
key = KNOWN.get("ipc_key", 0x5747)
libc.shmat.restype = ctypes.c_void_p
shared = libc.shmget(key, 0, 0)
if shared >= 0:
    address = libc.shmat(shared, None, 0o10000)
    escaped(54, "shared memory")
    if address not in (None, ctypes.c_void_p(-1).value):
        spot(54, "shared memory", ctypes.string_at(address, 64))
for name, found in (("queue", libc.msgget(key, 0)), ("semaphore", libc.semget(key, 0, 0))):
    if found >= 0:
        escaped(54, name)
for what in ("shm", "msg", "sem"):
    with open("/proc/sysvipc/" + what) as table:
        if len(table.readlines()) > 1:
            escaped(54, f"/proc/sysvipc/{what} lists some")
# What the next one, or the next run, would find.
libc.shmget(key, 4096, 0o1666)
libc.msgget(key, 0o1666)
libc.semget(key, 1, 0o1666)
tried(54, "three kinds")
