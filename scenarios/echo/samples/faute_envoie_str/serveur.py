import socket

ecoute = socket.create_server(("", 7007))
client, adresse = ecoute.accept()
while True:
    texte = client.recv(1024).decode("utf-8")
    if not texte:
        break
    client.sendall(texte)
client.close()
