import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
conn, addr = s.accept()
message = conn.recv(1024)
print(message.decode())
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
message = conn.recv(1024)
print(message.decode())
conn.close()
s.close()
