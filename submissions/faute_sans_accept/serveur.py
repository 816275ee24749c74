import signal
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
print("Le serveur est en attente du client...")
signal.pause()
print("Le client est connecté")
s.close()
