# plays: client-nominal
# finds: wrong-text
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
s.send("Bonjour Serveur 65432, voici mon premier message".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
