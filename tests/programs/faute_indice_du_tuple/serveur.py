import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
reponse = s.accept()
adresse, connexion = reponse[0], reponse[1]
connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(connexion.recv(1024).decode())
print(connexion.recv(1024).decode())
connexion.close()
