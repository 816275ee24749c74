import socket


class Serveur:
    def __init__(self, port=65432):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.bind(("", port))
        self.sock.listen(1)

    def accueillir(self):
        self.client, self.adresse = self.sock.accept()
        self.client.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())

    def lire(self):
        return self.sock.recv(1024).decode()

    def fermer(self):
        self.client.close()
        self.sock.close()


serveur = Serveur()
serveur.accueillir()
print(serveur.lire())
print(serveur.lire())
serveur.fermer()
