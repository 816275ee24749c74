import socket

s = socket.create_connection(("localhost", 7007))
for texte in ["Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"]:
    s.sendall((texte + "\n").encode("utf-8"))
    s.recv(1024)
s.close()
