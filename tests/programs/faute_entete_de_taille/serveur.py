import socket
import struct

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
(taille,) = struct.unpack("!I", conn.recv(4))
donnees = b""
while len(donnees) < taille:
    morceau = conn.recv(1024)
    if not morceau:
        break
    donnees += morceau
print(donnees.decode())
conn.close()
s.close()
