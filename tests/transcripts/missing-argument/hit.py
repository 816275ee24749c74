# plays: server-nominal
# finds: missing-argument
import socket
import sys

port = int(sys.argv[1])  # here

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", port))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
ecoute.close()
