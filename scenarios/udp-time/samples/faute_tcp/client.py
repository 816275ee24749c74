import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 7373))
s.sendall(b"TIME 1")
print(s.recv(1024).decode().split()[1])
