import socket
import struct

delai = struct.pack("ll", 6, 0)     # 6 secondes, 0 microseconde

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
conn, addr = s.accept()
conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, delai)
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
s.close()
