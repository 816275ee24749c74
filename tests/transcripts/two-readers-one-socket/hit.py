# plays: server-nominal
import socket
import threading

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
def lire():
    while message := conn.recv(1024):
        print(message.decode())


fils = [threading.Thread(target=lire) for _ in range(2)]
for fil in fils:
    fil.start()
for fil in fils:
    fil.join()
conn.close()
ecoute.close()
