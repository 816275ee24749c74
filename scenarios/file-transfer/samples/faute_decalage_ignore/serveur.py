import re
import socket
import struct

fichiers = {}


def lire(connexion, taille):
    """Exactement autant d'octets ; une erreur si le client est parti avant."""
    recu = b""
    while len(recu) < taille:
        morceau = connexion.recv(min(65536, taille - len(recu)))
        if not morceau:
            raise EOFError
        recu += morceau
    return recu


def lire_message(connexion):
    (taille,) = struct.unpack("!I", lire(connexion, 4))
    return lire(connexion, taille)


def envoyer_message(connexion, contenu):
    if isinstance(contenu, str):
        contenu = contenu.encode("utf-8")
    connexion.sendall(struct.pack("!I", len(contenu)) + contenu)


def nom_permis(nom):
    return re.fullmatch(r"[A-Za-z0-9-][A-Za-z0-9.-]*", nom) is not None


def servir(connexion):
    while True:
        mots = lire_message(connexion).decode("utf-8").split(" ")
        if mots[0] == "PUT" and len(mots) == 2:
            contenu = lire_message(connexion)
            if nom_permis(mots[1]):
                fichiers[mots[1]] = contenu
                envoyer_message(connexion, f"OK {len(contenu)}")
            else:
                envoyer_message(connexion, "ERR nom interdit")
        elif mots[0] == "GET" and len(mots) == 3:
            contenu = fichiers.get(mots[1])
            decalage = int(mots[2])
            if contenu is None:
                envoyer_message(connexion, "ERR inconnu")
            elif decalage > len(contenu):
                envoyer_message(connexion, "ERR trop loin")
            else:
                envoyer_message(connexion, f"OK {len(contenu)}")
                envoyer_message(connexion, contenu)
        else:
            envoyer_message(connexion, "ERR quoi ?")


ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 6006))
ecoute.listen()
while True:
    connexion, adresse = ecoute.accept()
    print("Client", adresse)
    try:
        servir(connexion)
    except (EOFError, ConnectionError):
        print("Client parti")
    connexion.close()
