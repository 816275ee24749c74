# plays: server-nominal
# finds: non-ascii-bytes-literal
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send(b'Bonjour Client, je suis le serveur 65432, la connexion est établie')  # here
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
ecoute.close()
