# plays: server-nominal
import socket
import threading

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
def servir():
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    return 'servi'


threading.Thread(target=servir()).start()
ecoute.close()
