import socket
import threading


def servir(conn):
    while True:
        try:
            donnees = conn.recv(1024)
        except ConnectionResetError:
            break
        if not donnees:
            break
        conn.sendall(donnees)
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    t = threading.Thread(target=servir(conn))
    t.start()
