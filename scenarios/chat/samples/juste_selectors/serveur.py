import selectors
import socket

selecteur = selectors.DefaultSelector()
clients = set()


class Client:
    def __init__(self, conn):
        conn.setblocking(False)
        self.conn, self.nom = conn, None
        self.entree, self.sortie = b"", b""
        selecteur.register(conn, selectors.EVENT_READ, self)
        clients.add(self)

    def envoyer(self, texte):
        self.sortie += texte.encode() + b"\n"
        selecteur.modify(self.conn, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def lire(self):
        donnees = self.conn.recv(65536)
        if not donnees:
            raise ConnectionResetError
        *lignes, self.entree = (self.entree + donnees).split(b"\n")
        for ligne in lignes:
            if self.nom is None:
                self.nom = ligne.decode()
                self.envoyer("WELCOME " + self.nom)
                diffuser("JOIN " + self.nom, self)
            else:
                diffuser(self.nom + ": " + ligne.decode(), self)

    def ecrire(self):
        parti = self.conn.send(self.sortie)
        self.sortie = self.sortie[parti:]
        if not self.sortie:
            selecteur.modify(self.conn, selectors.EVENT_READ, self)

    def quitter(self):
        selecteur.unregister(self.conn)
        self.conn.close()
        clients.discard(self)
        if self.nom is not None:
            diffuser("LEAVE " + self.nom, self)


def diffuser(texte, expediteur):
    for client in list(clients):
        if client is not expediteur and client.nom is not None:
            client.envoyer(texte)


ecoute = socket.create_server(("", 7171))
selecteur.register(ecoute, selectors.EVENT_READ, None)
while True:
    for cle, evenements in selecteur.select():
        client = cle.data
        if client is None:
            Client(ecoute.accept()[0])
            continue
        try:
            if evenements & selectors.EVENT_READ:
                client.lire()
            if evenements & selectors.EVENT_WRITE:
                client.ecrire()
        except BlockingIOError:
            pass
        except OSError:
            client.quitter()
