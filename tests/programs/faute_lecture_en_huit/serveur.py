import socket

serveur = socket.create_server(("", 65432))
connexion, adresse = serveur.accept()
connexion.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
boite = bytearray(8)
for i in (1, 2):
    connexion.recv_into(boite)
    print("Message", i, ":", boite.decode())
connexion.close()
serveur.close()
