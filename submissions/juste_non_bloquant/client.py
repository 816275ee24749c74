import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
s.setblocking(False)

message = None
while message is None:
    try:
        message = s.recv(1024)
    except BlockingIOError:
        time.sleep(0.02)     # rien pour l'instant

print(message.decode())
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
time.sleep(0.1)              # pour que les deux messages ne se collent pas
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
