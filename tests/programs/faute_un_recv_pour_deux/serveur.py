import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
recus = conn.recv(2 * 1024).decode().split("\n")      # les deux messages
for message in recus:
    print(message)
conn.close()
s.close()
