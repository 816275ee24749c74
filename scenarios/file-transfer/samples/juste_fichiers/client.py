"""Écrit ce qui vient à la suite d'un fichier : c'est lui qui dit combien il y a déjà."""
import hashlib
import os
import socket
import sys

NOM = "photo.bin"
PARTIEL = NOM + ".part"


def message(flux):
    taille = int.from_bytes(flux.read(4), "big")
    return flux.read(taille)


def continuer():
    """Vrai quand le fichier est entier."""
    with open(PARTIEL, "ab") as fichier, socket.create_connection(("localhost", 6006)) as s:
        with s.makefile("rwb") as flux:
            demande = f"GET {NOM} {fichier.tell()}".encode()
            flux.write(len(demande).to_bytes(4, "big") + demande)
            flux.flush()
            reponse = message(flux).decode()
            if not reponse.startswith("OK"):
                sys.exit(print("Le serveur refuse :", reponse))
            taille = int(reponse.split()[1])
            flux.read(4)
            try:
                while fichier.tell() < taille and (morceau := flux.read1(65536)):
                    fichier.write(morceau)
            except ConnectionError:
                pass
            return fichier.tell() == taille


if os.path.exists(PARTIEL):
    os.remove(PARTIEL)
while not continuer():
    print("Connexion perdue, on continue...")
os.replace(PARTIEL, NOM)
with open(NOM, "rb") as fichier:
    contenu = fichier.read()
print(len(contenu), hashlib.sha256(contenu).hexdigest())
