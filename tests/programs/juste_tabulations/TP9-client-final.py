#!/usr/bin/python3
# vim: set fileencoding=iso-8859-15 :
import socket
prise = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
prise.connect(("localhost", 65432))
print("Message reçu :", prise.recv(1024).decode("utf-8"))   # gratuit : 0 €
prise.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
prise.send("Serveur 65432, je vous dis au revoir".encode())
prise.close()
