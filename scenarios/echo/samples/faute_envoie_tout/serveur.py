import socket

ecoute = socket.create_server(("", 7007))
client, adresse = ecoute.accept()
client.settimeout(5)
while True:
    recu = client.recv(1024)
    if not recu:
        break
    client.send(recu)
client.close()
ecoute.close()
