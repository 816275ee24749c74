import queue
import socket
import threading

files = {}


def diffuser(texte, sauf):
    for nom, file in list(files.items()):
        if nom != sauf:
            file.put(texte + "\n")


def ecrire(conn, file):
    while True:
        conn.sendall(file.get().encode())


def servir(conn):
    flux = conn.makefile("r", encoding="utf-8")
    nom = flux.readline().strip()
    file = queue.Queue()
    file.put("WELCOME " + nom + "\n")
    threading.Thread(target=ecrire, args=(conn, file), daemon=True).start()
    diffuser("JOIN " + nom, nom)
    files[nom] = file
    for ligne in flux:
        diffuser(nom + ": " + ligne.strip(), nom)
    del files[nom]
    diffuser("LEAVE " + nom, nom)
    conn.shutdown(socket.SHUT_RDWR)


s = socket.socket()
s.bind(("", 7171))
s.listen()
while True:
    conn, _ = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
