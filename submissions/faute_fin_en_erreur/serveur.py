import socket

serveur = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
serveur.bind(('', 65432))
serveur.listen(1)
connexion, adresse = serveur.accept()
connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(connexion.recv(1024).decode())
print(connexion.recv(1024).decode())
conexion.close()
serveur.close()
