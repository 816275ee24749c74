import socket

s = socket.create_server(("127.0.0.1", 65432), backlog=5)
conn, addr = s.accept()
with conn, s:
    conn.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print("->", conn.recv(1024).decode(), "<-")
    print("->", conn.recv(1024).decode(), "<-")
