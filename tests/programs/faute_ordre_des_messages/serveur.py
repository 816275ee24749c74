import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
pile = [conn.recv(1024).decode(), conn.recv(1024).decode()]
conn.close()
s.close()
for message in reversed(pile):
    print(message)
