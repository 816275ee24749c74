import hashlib
import socket
import struct

NOM = "photo.bin"


def lire(s, taille):
    """Au plus autant d'octets : moins si le serveur ferme avant."""
    recu = b""
    while len(recu) < taille:
        morceau = s.recv(min(65536, taille - len(recu)))
        if not morceau:
            break
        recu += morceau
    return recu


def lire_longueur(s):
    octets = lire(s, 4)
    return struct.unpack("!I", octets)[0] if len(octets) == 4 else 0


def telecharger(deja):
    """Une connexion : la taille du fichier, et les octets venus à partir de « deja »."""
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect(("localhost", 6006))
    demande = f"GET {NOM} {deja}".encode()
    s.sendall(struct.pack("!I", len(demande)) + demande)
    reponse = lire(s, lire_longueur(s)).decode()
    if not reponse.startswith("OK "):
        s.close()
        return reponse, b""
    suite = lire(s, lire_longueur(s))
    s.close()
    return int(reponse[3:]), suite


fichier = b""
while True:
    taille, suite = telecharger(len(fichier))
    if isinstance(taille, str):
        print("Refus du serveur :", taille)
        break
    fichier += suite
    if len(fichier) >= taille:
        print(taille, hashlib.sha256(fichier).hexdigest())
        break
