import socket

VERT, FIN = "\033[92m", "\033[0m"

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
print("En attente", end="\r")
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(VERT + conn.recv(1024).decode() + FIN)
print(VERT + conn.recv(1024).decode() + FIN)
conn.close()
s.close()
