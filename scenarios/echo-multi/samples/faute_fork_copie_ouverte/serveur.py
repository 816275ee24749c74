import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(5)
clients = {}
while True:
    conn, adresse = s.accept()
    pid = os.fork()
    if pid == 0:
        s.close()
        try:
            while True:
                donnees = conn.recv(1024)
                if not donnees:
                    break
                conn.sendall(donnees)
        except ConnectionResetError:
            pass
        conn.close()
        os._exit(0)
    clients[pid] = conn
