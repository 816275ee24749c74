import socket
import struct

s = socket.create_server(("", 65432))
alice, bob, carol = (s.accept()[0] for _ in range(3))
bob.sendall(carol.recv(4096))
alice.recv(4096)
carol.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
carol.close()
s.accept()
