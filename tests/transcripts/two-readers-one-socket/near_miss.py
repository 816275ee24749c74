# plays: server-nominal
# finds: 
import socket
import threading

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
def lire():
    for _ in range(2):
        print(conn.recv(1024).decode())


fil = threading.Thread(target=lire)
fil.start()
fil.join()
conn.close()
ecoute.close()
