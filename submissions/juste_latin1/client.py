# -*- coding: cp1252 -*-
# Client du TP 9 (écrit sous Windows)
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(("localhost", 65432))
print("Reçu :", sock.recv(1024).decode("cp1252", errors="replace"))
sock.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode("cp1252"))
sock.send("Serveur 65432, je vous dis au revoir".encode("cp1252"))
sock.close()
