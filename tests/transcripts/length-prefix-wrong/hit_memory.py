# plays: server-nominal
# finds: length-prefix-wrong
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
taille = int.from_bytes(conn.recv(8), 'big')
print(conn.recv(taille).decode())  # here
conn.close()
ecoute.close()
