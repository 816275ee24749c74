# plays: server-nominal
# finds: prints-to-stderr
import socket
import sys

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode(), file=sys.stderr)
print(conn.recv(1024).decode(), file=sys.stderr)
conn.close()
ecoute.close()
