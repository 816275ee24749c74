import socket
import threading
import time

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))


def dialogue():
    time.sleep(1)
    print(s.recv(1024).decode())
    s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    s.send("Serveur 65432, je vous dis au revoir".encode())
    s.close()


threading.Thread(target=dialogue, daemon=True).start()
