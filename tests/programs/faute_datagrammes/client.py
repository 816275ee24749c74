from socket import *

SERVEUR = ("localhost", 65432)
reception = socket(AF_INET, SOCK_STREAM)
emission = socket(AF_INET, SOCK_DGRAM)
reception.connect(SERVEUR)
print(reception.recv(1024).decode())
emission.sendto("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode(), SERVEUR)
emission.sendto("Serveur 65432, je vous dis au revoir".encode(), SERVEUR)
emission.close()
reception.close()
