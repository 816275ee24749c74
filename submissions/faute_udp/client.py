import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
serveur = ('localhost', 65432)
s.sendto("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode(), serveur)
message, adresse = s.recvfrom(1024)
print(message.decode())
s.sendto("Serveur 65432, je vous dis au revoir".encode(), serveur)
s.close()
