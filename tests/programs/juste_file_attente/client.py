import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
with ThreadPoolExecutor(max_workers=2) as pool:
    futur = pool.submit(s.recv, 1024)
    print("Réponse :", futur.result().decode())

s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())


def fin():
    s.send("Serveur 65432, je vous dis au revoir".encode())
    s.close()


Timer(0.1, fin).start()
