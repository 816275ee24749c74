import socket

GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"

with socket.create_server(("", 65432)) as server:
    conn, _ = server.accept()
    with conn:
        conn.sendall(GREETING.encode())
        first = conn.recv(4096)
        print(first.decode())
        second = conn.recv(4096)
        print(second.decode())
