import socket
import threading

clients = []


def servir(conn):
    clients.append(conn)
    try:
        while True:
            donnees = conn.recv(1024)
            if not donnees:
                break
            for c in clients:
                c.sendall(donnees)
    except OSError:
        pass
    clients.remove(conn)
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
