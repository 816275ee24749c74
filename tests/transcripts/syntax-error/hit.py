# plays: server-nominal
# finds: syntax-error
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1  # here
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
ecoute.close()
