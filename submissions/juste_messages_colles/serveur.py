# TP 09 - server side
import socket

HOST = ''
PORT = 65432

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((HOST, PORT))
s.listen()
print("Server listening on port", PORT)

conn, addr = s.accept()
print("Connected by", addr)

greeting = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
conn.sendall(greeting.encode("utf-8"))

data = conn.recv(1024)
print("Received:", data.decode("utf-8"))
data = conn.recv(1024)
print("Received:", data.decode("utf-8"))

conn.close()
s.close()
