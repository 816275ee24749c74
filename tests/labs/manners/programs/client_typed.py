import socket

s = socket.create_connection(("localhost", 65432))
for _ in range(2):
    s.sendall((input("> ") + "\n").encode())
s.close()
