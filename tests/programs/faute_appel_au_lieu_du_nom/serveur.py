import socket
from threading import Thread


class Dialogue:
    def __init__(self, connexion):
        self.connexion = connexion

    def mener(self):
        self.connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        print("reçu :", self.connexion.recv(1024).decode())
        print("reçu :", self.connexion.recv(1024).decode())
        self.connexion.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
fils = [Thread(None, Dialogue(s.accept()[0]).mener())]
for fil in fils:
    fil.start()
for fil in fils:
    fil.join()
s.close()
