import os
import signal
import socket

signal.signal(signal.SIGCHLD, signal.SIG_IGN)   # pas de zombies
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    if os.fork() == 0:
        s.close()
        try:
            while donnees := conn.recv(1024):
                conn.sendall(donnees)
        except ConnectionResetError:
            os._exit(1)
        os._exit(0)
    conn.close()
