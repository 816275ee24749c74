import socket


class MonSocket(socket.socket):
    def __init__(self):
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)

    def lire(self, taille=1024):
        return self.recv(taille).decode()

    def ecrire(self, texte):
        octets = texte.encode()
        envoyes = 0
        while envoyes < len(octets):
            envoyes += self.send(octets[envoyes:])


client = MonSocket()
client.connect(("localhost", 65432))
print(client.lire())
client.ecrire("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
client.ecrire("Serveur 65432, je vous dis au revoir")
client.close()
