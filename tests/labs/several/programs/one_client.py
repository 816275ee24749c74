import socket

s = socket.socket()
s.bind(("", 65432))
s.listen(1)
conn, _ = s.accept()
conn.sendall("Bienvenue à bord\n".encode())
while conn.recv(1024):
    pass
