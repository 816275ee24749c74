import socket
import threading


def servir(conn):
    try:
        while donnees := conn.recv(1024):
            conn.sendall(donnees)
    except ConnectionResetError:
        pass
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("localhost", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
