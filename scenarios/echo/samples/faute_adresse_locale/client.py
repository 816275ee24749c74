import socket

s = socket.create_connection(("localhost", 7070))
for texte in ["Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"]:
    s.sendall((texte + "\n").encode("utf-8"))
    print(s.recv(1024).decode("utf-8"), end="")
s.close()
