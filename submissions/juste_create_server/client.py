import socket

MESSAGES = [
    "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
    "Serveur 65432, je vous dis au revoir",
]

with socket.create_connection(("localhost", 65432)) as conn:
    print(conn.recv(4096).decode())
    for message in MESSAGES:
        conn.sendall(message.encode())
