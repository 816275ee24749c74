import socket
import sys

textes = ["Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"]
s = socket.create_connection(("127.0.0.1", 7007))
flux = s.makefile("r", encoding="utf-8")
for texte in textes:
    s.send(texte.encode() + b"\n")
    sys.stdout.write(flux.readline())
flux.close()
s.close()
