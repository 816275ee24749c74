import os
import socket

premier = socket.create_connection(("localhost", 65432), timeout=None)
fd = premier.detach()                      # premier n'est plus utilisable
s = socket.socket(fileno=fd)
accueil = s.recv(2048)
os.write(1, b"<< " + accueil + b" >>\n")
os.write(s.fileno(), b"Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
os.write(s.fileno(), b"Serveur 65432, je vous dis au revoir")
os.close(s.detach())
