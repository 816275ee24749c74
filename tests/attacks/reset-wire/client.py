from attaque import *
import struct

client = socket.create_connection(("localhost", PORT))
print(client.recv(1024).decode(), flush=True)
client.sendall(HELLO.encode())
client.sendall(GOODBYE.encode())
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
tried(51, "a reset")
