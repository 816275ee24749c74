from socket import *

s = socket(AF_INET, SOCK_STREAM)
s.connect(("localhost", 65432))
recu = s.recv(1024)
print("Le serveur dit :", recu.decode())
s.send(b"Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
s.send(b"Serveur 65432, je vous dis au revoir")
s.close()
