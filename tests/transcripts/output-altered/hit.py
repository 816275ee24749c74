# plays: client-nominal
# finds: output-altered
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode().upper())
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
