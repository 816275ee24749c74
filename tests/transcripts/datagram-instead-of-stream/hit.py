# plays: server-nominal
# finds: datagram-instead-of-stream
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ecoute.bind(("", 65432))
conn = ecoute
print(conn.recv(1024).decode())
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
ecoute.close()
