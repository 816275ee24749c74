from attaque import *

print(GREETING, HELLO, GOODBYE, sep="\n", flush=True)
with socket.create_connection(("localhost", PORT)) as client:
    client.recv(1024)
    client.sendall(HELLO.encode())
    client.sendall(GOODBYE.encode())
tried(39, "constants")
