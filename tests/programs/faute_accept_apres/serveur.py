import socket
import threading


def un_client(conn):
    with conn:
        conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        for rang in ("premier", "second"):
            print(rang, ":", conn.recv(1024).decode())


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(5)
while True:
    conn, addr = s.accept()
    threading.Thread(target=un_client, args=(conn,)).start()
