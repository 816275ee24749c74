import socket
import time


def attendre(fonction):
    """Réessaie tant que rien n'est arrivé."""
    while True:
        try:
            return fonction()
        except BlockingIOError:
            time.sleep(0.02)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setblocking(False)
s.bind(("", 65432))
s.listen(1)

conn, addr = attendre(s.accept)
conn.setblocking(False)
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(attendre(lambda: conn.recv(1024)).decode())
print(attendre(lambda: conn.recv(1024)).decode())
conn.close()
s.close()
