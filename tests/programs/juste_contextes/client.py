import socket
from contextlib import contextmanager


@contextmanager
def connexion(hote, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect((hote, port))
    try:
        yield s
    finally:
        s.close()


with connexion("localhost", 65432) as s:
    print(s.recv(1024).decode("utf-8"))
    s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode("utf-8"))
    s.send("Serveur 65432, je vous dis au revoir".encode("utf-8"))
