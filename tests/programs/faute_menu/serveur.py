import socket
import sys


def serveur():
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.bind(("", 65432))
    s.listen(1)
    conn, addr = s.accept()
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print(conn.recv(1024).decode())
    print(conn.recv(1024).decode())
    conn.close()
    s.close()


while True:
    print("1. Lancer le serveur\n2. Quitter")
    choix = sys.stdin.readline().strip()
    if choix == "1":
        serveur()
    elif choix == "2":
        break
