# plays: server-nominal, server-drawn
# finds: hard-coded-output
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
conn.recv(1024)
print("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
conn.recv(1024)
print("Serveur 65432, je vous dis au revoir")
conn.close()
ecoute.close()
