import socket
from contextlib import ExitStack, closing

with ExitStack() as pile:
    ecoute = pile.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)))
    ecoute.bind(("", 65432))
    ecoute.listen(1)
    print("J'attends un client")
    canal, qui = ecoute.accept()
    pile.enter_context(closing(canal))
    canal.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    un = canal.recv(1024)
    print("Premier message  :", un.decode())
    deux = canal.recv(1024)
    print("Deuxième message :", deux.decode())
print("Tout est fermé")
