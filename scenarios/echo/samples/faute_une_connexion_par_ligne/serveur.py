import socket

ecoute = socket.socket()
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7007))
ecoute.listen(5)
for _ in range(3):
    client, adresse = ecoute.accept()
    client.sendall(client.recv(1024))
    client.close()
ecoute.close()
