import atexit
import signal
import socket
import sys

ouverts = []


@atexit.register
def tout_fermer():
    for prise in ouverts:
        prise.close()
    print("Sockets fermés :", len(ouverts))


signal.signal(signal.SIGINT, lambda numero, pile: sys.exit(0))

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ouverts.append(s)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
ouverts.append(conn)
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
