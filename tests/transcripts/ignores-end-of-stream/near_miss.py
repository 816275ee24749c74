# plays: server-nominal
# finds: waits-for-end-of-stream
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
while True:
    message = conn.recv(1024)  # there
    if not message:
        break
    print(message.decode())
conn.close()
ecoute.close()
