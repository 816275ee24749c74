import errno
import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
while (code := s.connect_ex(("localhost", 65432))) != 0:
    if code != errno.ECONNREFUSED:
        raise OSError(code, "connexion impossible")
    time.sleep(0.1)
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Connecté après quelques essais")
print(s.recv(1024).decode())
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
