# plays: server-nominal
# finds: 
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
tampon = bytearray(1024)
for _ in range(2):
    n = conn.recv_into(tampon)
    print(tampon[:n].decode())
conn.close()
ecoute.close()
