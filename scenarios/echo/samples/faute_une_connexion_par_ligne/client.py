import socket

for texte in ["Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"]:
    s = socket.socket()
    s.connect(("localhost", 7007))
    s.sendall((texte + "\n").encode("utf-8"))
    print(s.recv(1024).decode("utf-8"), end="")
    s.close()
