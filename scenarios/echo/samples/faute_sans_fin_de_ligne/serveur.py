import socket

ecoute = socket.create_server(("", 7007))
client, adresse = ecoute.accept()
while True:
    recu = client.recv(16384)
    if recu == b"":
        break
    message = recu.decode("utf-8").rstrip("\n")
    print("Le client dit :", message)
    client.sendall(message.encode("utf-8"))
client.close()
ecoute.close()
