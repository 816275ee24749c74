import socket
import time

serveur = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
serveur.bind(("", 65432))
serveur.listen()
client, adresse = serveur.accept()
client.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
messages = [client.recv(1024).decode(), client.recv(1024).decode()]
client.close()
serveur.close()
for message in messages:
    for lettre in message:
        print(lettre, end="", flush=True)
        time.sleep(0.007)
    print()
