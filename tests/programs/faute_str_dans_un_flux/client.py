import socket
import threading


def parler(s):
    nom = "Serveur"
    s.sendall(f"Bonjour {nom} 65432, nous sommes donc dans la phase de transfert")
    s.sendall(f"{nom} 65432, je vous dis au revoir")


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
t = threading.Thread(target=parler, args=(s,))
t.start()
t.join()
s.close()
