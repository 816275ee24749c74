import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())

compteur = 0
while compteur < 2:
    donnees = conn.recv(1024)
    if not donnees:
        break                  # le client est parti
    compteur = compteur + 1
    print("Message n°" + str(compteur))
    print("-" * 20)
    print(donnees.decode())

conn.close()
s.close()
