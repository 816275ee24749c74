# -*- coding: iso-8859-1 -*-
# Serveur réalisé par l'équipe n°4
from socket import *

def principal():
	écoute = socket(AF_INET, SOCK_STREAM)
	écoute.bind(("", 65432))
	écoute.listen(1)
	relié, adresse = écoute.accept()
	relié.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode("iso-8859-1"))
	for numéro in range(1, 3):
		reçu = relié.recv(1024)
		print("Reçu n°", numéro, ":", reçu.decode("utf-8"))
	relié.close()
	écoute.close()

principal()
