# plays: client-nominal
# finds: leaves-early
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print("Connecté")
print("Reçu :", s.recv(1024).decode())
s.close()
