import socket

ecoute = socket.create_server(("", 7007))
client, adresse = ecoute.accept()
with client, client.makefile("r", encoding="utf-8", newline="\n") as lignes:
    for ligne in lignes:
        client.sendall(ligne.upper().encode("utf-8"))
ecoute.close()
