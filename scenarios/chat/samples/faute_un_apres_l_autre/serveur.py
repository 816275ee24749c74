import socket

s = socket.socket()
s.bind(("", 7171))
s.listen()
clients = {}
while True:
    conn, _ = s.accept()
    flux = conn.makefile("r", encoding="utf-8")
    nom = flux.readline().strip()
    conn.sendall(f"WELCOME {nom}\n".encode())
    for autre in clients:
        autre.sendall(f"JOIN {nom}\n".encode())
    clients[conn] = nom
    for ligne in flux:
        for autre in clients:
            if autre is not conn:
                autre.sendall(f"{nom}: {ligne}".encode())
    del clients[conn]
    flux.close()
    conn.close()
