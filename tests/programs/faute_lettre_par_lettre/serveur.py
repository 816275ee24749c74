import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
for _ in range(2):
    print("".join(chr(octet) for octet in conn.recv(1024)))
conn.close()
s.close()
