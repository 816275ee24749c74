import socket

TAILLE_MAX = 20

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
message1 = conn.recv(TAILLE_MAX)
print("message 1 :", message1.decode())
message2 = conn.recv(TAILLE_MAX)
print("message 2 :", message2.decode())
conn.close()
s.close()
