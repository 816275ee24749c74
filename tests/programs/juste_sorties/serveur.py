import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
sys.stdout.write(conn.recv(1024).decode() + "\n")
sys.stdout.flush()
print(conn.recv(1024).decode(), end="")
conn.close()
s.close()
