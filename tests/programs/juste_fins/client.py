import socket
import sys

s = None
try:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect(("localhost", 65432))
    print(s.recv(1024).decode())
    s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    s.send("Serveur 65432, je vous dis au revoir".encode())
    sys.exit(0)
except (ConnectionError, OSError) as probleme:
    print("Problème de connexion :", probleme)
    sys.exit(1)
except KeyboardInterrupt:
    quit()
finally:
    if s:
        s.close()
