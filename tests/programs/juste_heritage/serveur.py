import socket
from abc import ABC, abstractmethod


class Service(ABC):
    port = 65432

    def __enter__(self):
        self._s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._s.bind(("", self.port))
        self._s.listen()
        return self

    def __exit__(self, *erreur):
        self._s.close()
        return False

    def servir(self):
        connexion, self.pair = self._s.accept()
        with connexion as self.connexion:
            self.dialogue()

    @abstractmethod
    def dialogue(self): ...


class ServeurTP9(Service):
    def dialogue(self):
        self.connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        for self.numero in (1, 2):
            self.sur_message(self.connexion.recv(1024).decode())

    def sur_message(self, texte):
        print(self.pair[0], self.numero, texte, sep=" | ")


with ServeurTP9() as service:
    service.servir()
