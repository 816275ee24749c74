import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
donnees = conn.recv(1024)
print("Message 1 reçu,", len(donnees), "octets")
donnees = conn.recv(1024)
print("Message 2 reçu,", len(donnees), "octets")
conn.close()
s.close()
