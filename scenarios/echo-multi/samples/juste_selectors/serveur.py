"""Sockets non bloquants : ce que le noyau ne prend pas tout de suite attend dans un tampon."""
import selectors
import socket

selecteur = selectors.DefaultSelector()


class Client:
    def __init__(self, conn):
        self.conn = conn
        self.conn.setblocking(False)
        self.a_envoyer = bytearray()
        selecteur.register(conn, selectors.EVENT_READ, self.evenement)

    def evenement(self, masque):
        try:
            if masque & selectors.EVENT_READ:
                donnees = self.conn.recv(4096)
                if not donnees:
                    return self.fermer()
                self.a_envoyer += donnees
            if self.a_envoyer:
                envoyes = self.conn.send(self.a_envoyer)
                del self.a_envoyer[:envoyes]
        except BlockingIOError:
            pass
        except OSError:
            return self.fermer()
        masque = selectors.EVENT_READ
        if self.a_envoyer:
            masque |= selectors.EVENT_WRITE
        selecteur.modify(self.conn, masque, self.evenement)

    def fermer(self):
        selecteur.unregister(self.conn)
        self.conn.close()


def accepter(masque):
    Client(ecoute.accept()[0])


ecoute = socket.create_server(("", 7070))
selecteur.register(ecoute, selectors.EVENT_READ, accepter)
while True:
    for cle, masque in selecteur.select():
        cle.data(masque)
