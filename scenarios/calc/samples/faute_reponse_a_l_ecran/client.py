import socket

s = socket.create_connection(("localhost", 5050))
f = s.makefile("r")
s.sendall(b"ADD 3 4\n")
r = f.readline().strip()
s.sendall(("MUL " + r + " 5\n").encode())
r = f.readline().strip()
s.sendall(("SUB " + r + " 1\n").encode())
print(f.readline().strip().split(" ")[-1])
s.sendall(b"QUIT\n")
f.readline()
f.close()
s.close()
