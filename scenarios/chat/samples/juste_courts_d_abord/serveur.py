import queue
import socket
import threading

verrou = threading.Lock()
presents = {}


def ecrire(conn, attente):
    """Un fil par client : ce qui est court passe devant ce qui est long."""
    while True:
        donnees = attente.get()[2]
        if donnees is None:
            break
        try:
            conn.sendall(donnees)
        except OSError:
            break
    conn.close()


def deposer(attente, texte, fin=False):
    donnees = (texte + "\n").encode()
    with verrou:
        attente.numero += 1
        rang = (attente.numero if fin else len(donnees), attente.numero)
        attente.put((fin, rang, None if fin else donnees))


def diffuser(texte, sauf):
    for nom, attente in list(presents.items()):
        if nom != sauf:
            deposer(attente, texte)


def servir(conn):
    attente = queue.PriorityQueue()
    attente.numero = 0
    threading.Thread(target=ecrire, args=(conn, attente)).start()
    nom = None
    try:
        with conn.makefile("r", encoding="utf-8", newline="\n") as flux:
            nom = flux.readline().strip()
            deposer(attente, f"WELCOME {nom}")
            diffuser(f"JOIN {nom}", nom)
            presents[nom] = attente
            for ligne in flux:
                diffuser(f"{nom}: {ligne.rstrip()}", nom)
    except OSError:
        pass
    presents.pop(nom, None)
    diffuser(f"LEAVE {nom}", nom)
    deposer(attente, "", fin=True)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7171))
s.listen()
while True:
    conn, _ = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
