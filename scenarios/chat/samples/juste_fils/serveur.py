"""Deux fils par client : l'un lit, l'autre vide la file de ce qui est à envoyer."""
import queue
import socket
import threading

verrou = threading.Lock()
presents = {}       # nom -> file de ce qu'il doit recevoir


def diffuser(texte, sauf):
    with verrou:
        for nom, file in presents.items():
            if nom != sauf:
                file.put(texte.encode() + b"\n")


def ecrire(conn, file):
    try:
        while (donnees := file.get()) is not None:
            conn.sendall(donnees)
    except OSError:
        pass
    conn.close()


def servir(conn):
    file = queue.Queue()
    threading.Thread(target=ecrire, args=(conn, file)).start()
    nom = None
    tampon = b""
    try:
        while donnees := conn.recv(4096):
            *lignes, tampon = (tampon + donnees).split(b"\n")
            for ligne in lignes:
                texte = ligne.decode()
                if nom is None:
                    nom = texte
                    diffuser(f"JOIN {nom}", nom)
                    file.put(f"WELCOME {nom}\n".encode())
                    with verrou:
                        presents[nom] = file
                else:
                    diffuser(f"{nom}: {texte}", nom)
    except OSError:
        pass
    if nom is not None:
        with verrou:
            del presents[nom]
        diffuser(f"LEAVE {nom}", nom)
    file.put(None)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7171))
s.listen()
while True:
    conn, _ = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
