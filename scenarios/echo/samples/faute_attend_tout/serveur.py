import socket

ecoute = socket.create_server(("", 7007))
client, adresse = ecoute.accept()
tout = b""
while True:
    recu = client.recv(1024)
    if not recu:
        break
    tout += recu
client.sendall(tout)
client.close()
ecoute.close()
