import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
for _ in range(2):
    apercu = conn.recv(1024, socket.MSG_PEEK)
    message = conn.recv(len(apercu), socket.MSG_WAITALL)
    print(message.decode())
conn.close()
s.close()
