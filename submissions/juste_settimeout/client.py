import socket

socket.setdefaulttimeout(5)

c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
c.connect(('localhost', 65432))
print("Message du serveur :", c.recv(1024).decode())
c.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
c.send("Serveur 65432, je vous dis au revoir".encode())
c.close()
