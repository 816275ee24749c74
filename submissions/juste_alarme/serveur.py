import signal
import socket


def trop_long(signum, frame):
    raise SystemExit("Trop long, j'abandonne")


signal.signal(signal.SIGALRM, trop_long)
signal.alarm(9)

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
s.close()
signal.alarm(0)
