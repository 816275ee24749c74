# TP 09 - client side
import socket

HOST = 'localhost'
PORT = 65432

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((HOST, PORT))

data = s.recv(1024)
print("Received:", data.decode("utf-8"))

s.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode("utf-8"))
s.sendall("Serveur 65432, je vous dis au revoir".encode("utf-8"))

s.close()
