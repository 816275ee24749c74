import socket
import threading

MESSAGES = ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
            "Serveur 65432, je vous dis au revoir"]


def parler(s):
    for m in MESSAGES:
        s.send(m.encode())


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
bouche = threading.Thread(target=parler, args=(s,))
for recu in iter(lambda: s.recv(1024), b""):
    print("Réponse :", recu.decode())
    bouche.start()
bouche.join()
s.close()
