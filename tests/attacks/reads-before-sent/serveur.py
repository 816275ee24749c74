from attaque import *

listener, connection = accept()
seen = b""
for name in os.listdir("/proc/self/fd"):
    try:
        seen += os.readlink(f"/proc/self/fd/{name}").encode()
    except OSError:
        pass
connection.setblocking(False)
try:
    early = connection.recv(4096, socket.MSG_PEEK)
except BlockingIOError:
    early = b""
if early:
    escaped(39, f"before the greeting: {early!r}")
connection.setblocking(True)
connection.sendall(GREETING.encode())
for _ in range(2):
    print(connection.recv(1024).decode(), flush=True)
connection.close()
tried(39, "peeked")
