import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
s.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.sendall("Serveur 65432, je vous dis au revoir".encode())
reponse = s.recv(1024)
print(reponse.decode())
s.close()
