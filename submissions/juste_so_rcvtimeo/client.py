import socket
import struct

c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 6, 0))
c.connect(('localhost', 65432))
print(c.recv(1024).decode())
c.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
c.send("Serveur 65432, je vous dis au revoir".encode())
c.close()
