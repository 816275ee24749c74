import socket


class Client:
    def __init__(self, hote, port):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.connect((hote, port))

    def recevoir(self):
        return self.sock.recv(1024).decode()

    def envoyer(self, texte):
        self.sock.send(texte.encode())

    def fermer(self):
        self.sock.close()


c = Client("localhost", 65432)
print("[client] reçu << " + c.recevoir() + " >>")
c.envoyer("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
c.envoyer("Serveur 65432, je vous dis au revoir")
c.fermer()
