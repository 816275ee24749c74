import socket

serveur = socket.socket()
serveur.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
serveur.bind(("", 7007))
serveur.listen()
client, _ = serveur.accept()
with client:
    for ligne in client.makefile("r", encoding="utf-8"):
        texte = ligne.strip()
        print("ligne :", texte)
        client.sendall((texte + "\n").encode("utf-8"))
serveur.close()
