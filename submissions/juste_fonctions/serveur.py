#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""TP 09 : le serveur. Groupe 3, Marie D."""
import socket

HOTE = ""
PORT = 65432
TAILLE = 1024


def creer_socket_ecoute():
    ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    ecoute.bind((HOTE, PORT))
    ecoute.listen(1)
    return ecoute


def recevoir_et_afficher(connexion, numero):
    message = connexion.recv(TAILLE).decode("utf-8")
    print(f"Message {numero} : {message}")


def main():
    ecoute = creer_socket_ecoute()
    print("En attente d'une connexion...")
    connexion, adresse = ecoute.accept()
    print(f"Connexion de {adresse[0]}:{adresse[1]}")
    connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est établie\n".encode("utf-8"))
    recevoir_et_afficher(connexion, 1)
    recevoir_et_afficher(connexion, 2)
    connexion.close()
    ecoute.close()
    print("Fin du serveur")


if __name__ == "__main__":
    main()
