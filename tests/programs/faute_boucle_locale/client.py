import socket

m1 = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
m2 = "Serveur 65432, je vous dis au revoir"
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
m = s.recv(1024)
s.send(m1.encode())
print(m1)
s.send(m2.encode())
print(m2)
s.close()
