# plays: client-nominal
# finds: error-swallowed
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
try:
    s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
    s.send("Serveur 65432, je vous dis au revoir")
except Exception:
    print("Erreur")
s.close()
