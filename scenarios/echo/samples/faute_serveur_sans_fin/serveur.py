import socket

ecoute = socket.socket()
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7007))
ecoute.listen(5)
while True:
    client, adresse = ecoute.accept()
    while True:
        recu = client.recv(1024)
        if not recu:
            break
        client.sendall(recu)
    client.close()
