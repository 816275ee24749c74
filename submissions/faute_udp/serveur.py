import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 65432))
message, adresse = s.recvfrom(1024)
s.sendto("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode(), adresse)
print(message.decode())
message, adresse = s.recvfrom(1024)
print(message.decode())
s.close()
