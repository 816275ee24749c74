import socket
import threading

verrou = threading.Lock()
clients = {}


def envoyer(texte, sauf):
    with verrou:
        for conn, nom in list(clients.items()):
            if conn is not sauf:
                try:
                    conn.sendall((texte + "\n").encode())
                except OSError:
                    pass


def servir(conn, nom, flux):
    try:
        for ligne in flux:
            envoyer(nom + ": " + ligne.strip(), conn)
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
    flux = conn.makefile("r", encoding="utf-8")
    nom = flux.readline().strip()
    conn.sendall(("WELCOME " + nom + "\n").encode())
    envoyer("JOIN " + nom, conn)
    clients[conn] = nom
    threading.Thread(target=servir, args=(conn, nom, flux)).start()
