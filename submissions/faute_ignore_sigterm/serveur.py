import signal
import socket

# le serveur ne doit jamais s'arrêter
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(5)
clients = []
while True:
    conn, addr = s.accept()
    clients.append(conn)
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print(conn.recv(1024).decode())
    print(conn.recv(1024).decode())
