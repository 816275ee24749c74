import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".ljust(128).encode())
print(conn.recv(128).decode().rstrip())
print(conn.recv(128).decode().rstrip())
conn.close()
s.close()
