import socket

TAILLE = 68          # le plus long des deux messages fait 66 octets

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(TAILLE).decode())
print(conn.recv(TAILLE).decode())
conn.close()
s.close()
