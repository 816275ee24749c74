import socket

s = socket.create_connection(("localhost", 7007))
flux = s.makefile("rw", encoding="utf-8")
for texte in ["Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"]:
    flux.write(texte + "\n")
    print(flux.readline(), end="")
s.close()
