import os
import socket

adresses = socket.getaddrinfo("localhost", 65432, type=socket.SOCK_STREAM)
adresses.sort(key=lambda a: a[0] != socket.AF_INET6)      # IPv6 d'abord
sock = None
for famille, genre, proto, _, adresse in [(socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("::1", 65432))] + adresses:
    try:
        essai = socket.socket(famille, genre, proto)
    except OSError:
        continue
    erreur = essai.connect_ex(adresse)
    if erreur == 0:
        sock = essai
        break
    print("Échec avec", adresse, ":", os.strerror(erreur))
    essai.close()
if sock is None:
    raise SystemExit("Impossible de joindre le serveur")
print(sock.recv(1024).decode())
sock.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
sock.send("Serveur 65432, je vous dis au revoir".encode())
sock.close()
