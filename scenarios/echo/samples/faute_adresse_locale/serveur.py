import socket

ecoute = socket.create_server(("localhost", 7007))
client, adresse = ecoute.accept()
while (recu := client.recv(1024)):
    client.sendall(recu)
client.close()
ecoute.close()
