"""Mini-serveur HTTP : un fil d'exécution par client, la connexion lue comme un fichier."""
import socket
import threading

PORT = 8080


def ressource(chemin):
    if chemin == "/":
        return "200 OK", "text/html", b"<h1>Bienvenue</h1>"
    if chemin == "/menu":
        return "200 OK", 'text/plain; charset="UTF-8"', "Crème brûlée : 4 €".encode()
    debut, _, reste = chemin[1:].partition("/")
    if debut == "echo" and reste:
        return "200 OK", "text/plain", reste.encode()
    if debut == "bytes" and reste.isdecimal():
        return "200 OK", "application/octet-stream", int(reste) * b"x"
    return "404 Not Found", "text/plain", f"{chemin} n'existe pas".encode()


class Client(threading.Thread):
    def __init__(self, connexion):
        super().__init__(daemon=True)
        self.connexion = connexion
        self.entree = connexion.makefile("rb")

    def run(self):
        try:
            with self.connexion, self.entree:
                while self.une_requete():
                    pass
        except OSError as erreur:
            print("Connexion perdue :", erreur)

    def une_requete(self):
        """Répond à une requête ; dit s'il faut en attendre une autre."""
        ligne = self.entree.readline()
        if not ligne.endswith(b"\r\n"):
            return False
        entetes = {}
        while (suivante := self.entree.readline()) not in (b"\r\n", b"\n", b""):
            nom, _, valeur = suivante.decode("latin-1").partition(":")
            entetes[nom.strip().lower()] = valeur.strip()
        if suivante == b"":
            return False
        try:
            methode, chemin, _version = ligne.decode("latin-1").split()
        except ValueError:
            self.envoyer("400 Bad Request", "text/plain", b"?", {"Connection": "close"})
            return False
        if methode not in {"GET", "HEAD"}:
            self.envoyer("405 Method Not Allowed", "text/plain", b"", {"Allow": "GET, HEAD"})
            return True
        etat, genre, corps = ressource(chemin)
        self.envoyer(etat, genre, corps, muet=methode == "HEAD")
        return entetes.get("connection", "").lower() != "close"

    def envoyer(self, etat, genre, corps, autres=(), muet=False):
        lignes = [f"HTTP/1.1 {etat}", f"Content-Length: {len(corps)}", f"Content-Type: {genre}"]
        lignes += [f"{nom}: {valeur}" for nom, valeur in dict(autres).items()]
        self.connexion.sendall("\r\n".join([*lignes, "", ""]).encode("latin-1"))
        if not muet:
            self.connexion.sendall(corps)


with socket.create_server(("", PORT)) as serveur:
    while True:
        connexion, _ = serveur.accept()
        Client(connexion).start()
