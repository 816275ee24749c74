import time
time.sleep(0.3)       # on laisse au serveur le temps de démarrer
import socket

c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
c.connect(('localhost', 65432))
time.sleep(0.2)
texte = c.recv(1024).decode()
time.sleep(0.2)
print(texte)
c.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
time.sleep(0.2)
c.send("Serveur 65432, je vous dis au revoir".encode())
time.sleep(0.2)
c.close()
