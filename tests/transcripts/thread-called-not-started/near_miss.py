# plays: server-nominal
# finds: 
import socket
import threading

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
def lire(n):
    for _ in range(n):
        print(conn.recv(1024).decode())


fil = threading.Thread(target=lire, args=(2,))
fil.start()
fil.join()
conn.close()
ecoute.close()
