import socket

textes = ["Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"]
s = socket.create_connection(("localhost", 7007))
for texte in textes:
    s.sendall((texte + "\n").encode())
reponses = s.makefile("r", encoding="utf-8")
for _ in textes:
    print(reponses.readline().strip())
reponses.close()
s.close()
