import select
import socket

ecoute = socket.socket()
ecoute.bind(("", 7171))
ecoute.listen()
noms = {}
tampons = {}


def diffuser(texte, sauf):
    for autre, nom in noms.items():
        if autre is not sauf and nom:
            autre.sendall((texte + "\n").encode())


while True:
    prets, _, _ = select.select([ecoute] + list(noms), [], [])
    for s in prets:
        if s is ecoute:
            conn, _ = s.accept()
            noms[conn] = None
            tampons[conn] = b""
            continue
        try:
            donnees = s.recv(4096)
        except ConnectionResetError:
            donnees = b""
        if not donnees:
            nom = noms.pop(s)
            s.close()
            if nom:
                diffuser("LEAVE " + nom, s)
            continue
        *lignes, tampons[s] = (tampons[s] + donnees).split(b"\n")
        for ligne in lignes:
            if noms[s] is None:
                noms[s] = ligne.decode()
                s.sendall(f"WELCOME {noms[s]}\n".encode())
                diffuser("JOIN " + noms[s], s)
            else:
                diffuser(noms[s] + ": " + ligne.decode(), s)
