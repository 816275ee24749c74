import socket

serveur = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
serveur.bind(('', 65432)
serveur.listen(1)

connexion, adresse = serveur.accept()
connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())

message1 = connexion.recv(1024)
print(message1.decode())

message2 = connexion.recv(1024)
print(message2.decode())

connexion.close()
serveur.close()
