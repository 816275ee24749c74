from attaque import *

call()
tried(52, "starting")
for _ in range(3):
    os.fork()
held = []
try:
    while len(held) < 300:
        held.append(socket.create_connection(("localhost", PORT), timeout=0.2))
except OSError:
    pass
print(len(held), "connections")
