# plays: server-nominal
import socket
import _thread

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
def servir():
    print(conn.recv(1024).decode())
    conn.close()


_thread.start_new_thread(servir(), ())  # here
ecoute.close()
