from socket import *
from time import *

sock = None
connexion = None
dernier = ""


def ouvrir():
    global sock
    sock = socket(AF_INET, SOCK_STREAM)
    sock.bind(("", 65432))
    sock.listen(1)


def attendre():
    global connexion
    connexion, _ = sock.accept()
    connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())


def recevoir():
    global dernier
    dernier = connexion.recv(1024).decode()


def afficher():
    print(ctime(), dernier)


ouvrir(); attendre()
recevoir(); afficher()
recevoir(); afficher()
connexion.close(); sock.close()
