import socket


class Serveur:
    MESSAGE = "Bonjour Client, je suis le serveur 65432, la connexion est établie"

    def __init__(self, port):
        self.port = port
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connexion = None

    def demarrer(self):
        self.sock.bind(('', self.port))
        self.sock.listen(1)
        self.connexion, _ = self.sock.accept()

    def dialoguer(self):
        self.connexion.send(self.MESSAGE.encode())
        for _ in range(2):
            self.afficher(self.connexion.recv(1024))

    def afficher(self, donnees):
        print("[serveur] reçu << " + donnees.decode() + " >>")

    def arreter(self):
        self.connexion.close()
        self.sock.close()


s = Serveur(65432)
s.demarrer()
s.dialoguer()
s.arreter()
