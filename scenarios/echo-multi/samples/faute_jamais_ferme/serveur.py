import socket
import threading

clients = []


def servir(conn):
    while True:
        try:
            donnees = conn.recv(1024)
        except ConnectionResetError:
            return
        if not donnees:
            return
        conn.sendall(donnees)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    clients.append(conn)
    threading.Thread(target=servir, args=(conn,)).start()
