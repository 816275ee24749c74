import socket


def messages(port, accueil):
    with socket.create_server(("", port), backlog=1, reuse_port=False) as s:
        conn, _ = s.accept()
        with conn:
            conn.sendall(accueil.encode())
            yield conn.recv(1024).decode()
            yield conn.recv(1024).decode()


for message in messages(65432, "Bonjour Client, je suis le serveur 65432, la connexion est établie"):
    print(message)
