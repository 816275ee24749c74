"""Garde les fichiers dans un dossier ; la connexion est lue comme un fichier, un fil par client."""
import os
import socketserver
import string

DOSSIER = "recus"
PERMIS = set(string.ascii_letters + string.digits + "-.")


class Client(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while (demande := self.message()) is not None:
                self.traiter(demande.decode().split())
        except ConnectionError:
            pass

    def message(self):
        """Un message entier, ou None si la connexion finit avant."""
        longueur = self.rfile.read(4)
        if len(longueur) < 4:
            return None
        taille = int.from_bytes(longueur, "big")
        contenu = self.rfile.read(taille)
        return contenu if len(contenu) == taille else None

    def repondre(self, *messages):
        for contenu in messages:
            self.wfile.write(len(contenu).to_bytes(4, "big") + contenu)

    def traiter(self, mots):
        verbe, nom = mots[0], mots[1]
        permis = not nom.startswith(".") and set(nom) <= PERMIS
        chemin = os.path.join(DOSSIER, nom)
        if verbe == "PUT":
            contenu = self.message()
            if contenu is None:
                return
            if not permis:
                self.repondre(b"ERR nom")
                return
            with open(chemin + ".part", "wb") as fichier:
                fichier.write(contenu)
            os.replace(chemin + ".part", chemin)
            self.repondre(b"OK %d" % len(contenu))
            return
        if not permis or not os.path.exists(chemin):
            self.repondre(b"ERR fichier inconnu")
            return
        taille = os.path.getsize(chemin)
        if int(mots[2]) > taille:
            self.repondre("ERR décalage".encode())
            return
        with open(chemin, "rb") as fichier:
            fichier.seek(int(mots[2]))
            self.repondre(b"OK %d" % taille, fichier.read())


os.makedirs(DOSSIER, exist_ok=True)
socketserver.ThreadingTCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(("", 6006), Client) as serveur:
    serveur.serve_forever()
