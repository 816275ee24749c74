import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
m1 = conn.recv(1024).decode()
m2 = conn.recv(1024).decode()
print(m1)
print(m2)
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
conn.close()
s.close()
