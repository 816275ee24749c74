import os
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 65432))
s.listen()
while True:
    conn, _ = s.accept()
    if os.fork():
        conn.close()
        continue
    s.close()
    conn.sendall("Bienvenue à bord\n".encode())
    while conn.recv(1024):
        pass
    os._exit(0)
