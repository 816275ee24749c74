import socket
from threading import Thread


def dialogue(connexion):
    connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print("Client :", connexion.recv(1024).decode())
    print("Client :", connexion.recv(1024).decode())
    connexion.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
connexion, adresse = s.accept()
fil = Thread(target=dialogue, args=(connexion,))
fil.start()
fil.join()
s.close()
