# -*- coding: latin-1 -*-
# Serveur du TP 9 (écrit sous Windows)
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(('', 65432))
sock.listen(1)
c, a = sock.accept()
c.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode("latin-1"))
print("Reçu :", c.recv(1024).decode("latin-1"))
print("Reçu :", c.recv(1024).decode("latin-1"))
c.close()
sock.close()
