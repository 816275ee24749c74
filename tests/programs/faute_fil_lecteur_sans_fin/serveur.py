import socket
import threading


def afficheur(conn):
    while True:
        texte = conn.recv(1024).decode()
        if texte == "":
            return
        print("Reçu :", texte)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
fil = threading.Thread(target=afficheur, args=(conn,))
fil.start()
fil.join()
conn.close()
s.close()
