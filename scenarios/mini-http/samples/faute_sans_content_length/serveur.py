import socket

PAGES = {
    "/": ("text/html", "<h1>Bienvenue</h1>"),
    "/menu": ("text/plain; charset=utf-8", "Crème brûlée : 4 €"),
}
RAISONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


def chercher(chemin):
    """L'état, le type et le corps (en octets) pour un chemin."""
    if chemin in PAGES:
        genre, texte = PAGES[chemin]
        return 200, genre, texte.encode("utf-8")
    if chemin.startswith("/echo/"):
        return 200, "text/plain", chemin[len("/echo/"):].encode("utf-8")
    if chemin.startswith("/bytes/") and chemin[len("/bytes/"):].isdigit():
        return 200, "text/plain", b"x" * int(chemin[len("/bytes/"):])
    return 404, "text/plain", b"Rien ici\n"


def repondre(client, etat, genre, corps, avec_corps=True):
    tete = f"HTTP/1.1 {etat} {RAISONS[etat]}\r\n"
    tete += f"Content-Type: {genre}\r\n"
    tete += "\r\n"
    client.sendall(tete.encode("ascii") + (corps if avec_corps else b""))


def servir(client):
    recu = b""
    while True:
        while b"\r\n\r\n" not in recu:
            morceau = client.recv(4096)
            if not morceau:
                return
            recu += morceau
        requete, recu = recu.split(b"\r\n\r\n", 1)
        premiere, *en_tetes = requete.decode("latin-1").split("\r\n")
        mots = premiere.split(" ")
        if len(mots) != 3:
            repondre(client, 400, "text/plain", b"Je n'ai pas compris\n")
            return
        methode, chemin, version = mots
        if methode not in ("GET", "HEAD"):
            repondre(client, 405, "text/plain", b"GET ou HEAD seulement\n")
        else:
            repondre(client, *chercher(chemin), avec_corps=methode == "GET")
        if any(e.lower().replace(" ", "") == "connection:close" for e in en_tetes):
            return


ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 8080))
ecoute.listen(5)
print("Serveur prêt : http://localhost:8080/")
while True:
    client, adresse = ecoute.accept()
    try:
        servir(client)
    except (ConnectionResetError, BrokenPipeError):
        print("Client disparu", adresse)
    client.close()
