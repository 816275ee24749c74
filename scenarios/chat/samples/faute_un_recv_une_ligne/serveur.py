import socket
import threading

clients = {}


def envoyer(texte, sauf):
    for conn in list(clients):
        if conn is not sauf:
            try:
                conn.sendall((texte + "\n").encode())
            except OSError:
                pass


def servir(conn):
    nom = conn.recv(1024).decode().strip()
    conn.sendall(("WELCOME " + nom + "\n").encode())
    envoyer("JOIN " + nom, conn)
    clients[conn] = nom
    try:
        while True:
            donnees = conn.recv(1024)
            if not donnees:
                break
            envoyer(nom + ": " + donnees.decode().strip(), conn)
    except OSError:
        pass
    del clients[conn]
    envoyer("LEAVE " + nom, conn)
    conn.close()


s = socket.socket()
s.bind(("", 7171))
s.listen()
while True:
    conn, _ = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
