import socket

ecoute = socket.create_server(("", 7007))
client, adresse = ecoute.accept()
with client, client.makefile("rb") as lignes:
    for ligne in lignes:
        client.sendall("Écho : ".encode() + ligne)
ecoute.close()
