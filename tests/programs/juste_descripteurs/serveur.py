import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.bind(('', 65432))
s.listen(3)
c, _ = s.accept()
fd = c.fileno()
os.write(fd, "Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
m = os.read(fd, 1024)
print(m.decode())
m = os.read(fd, 1024)
print(m.decode())
c.close()
s.close()
