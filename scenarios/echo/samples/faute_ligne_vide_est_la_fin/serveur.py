import socket

serveur = socket.create_server(("", 7007))
client, _ = serveur.accept()
lecteur = client.makefile("r", encoding="utf-8", newline="\n")
ligne = lecteur.readline().rstrip("\n")
while ligne:
    client.sendall((ligne + "\n").encode("utf-8"))
    ligne = lecteur.readline().rstrip("\n")
lecteur.close()
client.close()
serveur.close()
