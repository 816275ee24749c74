import socket

ADRESSE = ("localhost", 65432)


def recevoir():
    with socket.create_connection(ADRESSE) as s:
        return s.recv(1024).decode()


def envoyer(message):
    with socket.create_connection(ADRESSE) as s:
        s.sendall(message.encode())


print(recevoir())
envoyer("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
envoyer("Serveur 65432, je vous dis au revoir")
