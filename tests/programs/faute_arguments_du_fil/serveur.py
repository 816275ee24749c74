import socket
import threading


def servir(conn):
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print(conn.recv(1024).decode())
    print(conn.recv(1024).decode())
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
t = threading.Thread(target=servir, args=(conn))
t.start()
t.join()
s.close()
