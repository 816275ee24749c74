import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7007))
ecoute.listen(1)
print("En attente d'un client...")

client, adresse = ecoute.accept()
print("Client :", adresse)
while True:
    donnees = client.recv(1024)
    if not donnees:
        break
    client.sendall(donnees)

client.close()
ecoute.close()
print("Le client a terminé.")
