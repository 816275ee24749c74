import socket
import threading

clients = {}


def envoyer(texte, sauf):
    for conn in list(clients):
        if conn is not sauf:
            try:
                conn.sendall(texte.encode())
            except OSError:
                pass


def servir(conn):
    flux = conn.makefile("r", encoding="utf-8")
    try:
        nom = flux.readline()
        conn.sendall(("WELCOME " + nom).encode())
        envoyer("JOIN " + nom, conn)
        clients[conn] = nom
        for ligne in flux:
            envoyer(nom + ": " + ligne, conn)
    except OSError:
        pass
    del clients[conn]
    envoyer("LEAVE " + nom, conn)
    flux.close()
    conn.close()


s = socket.socket()
s.bind(("", 7171))
s.listen()
while True:
    conn, _ = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
