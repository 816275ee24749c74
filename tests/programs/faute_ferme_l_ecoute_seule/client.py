import socket
import threading

verrou = threading.Lock()
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def envoyer(texte):
    verrou.acquire()
    s.send(texte.encode())
    verrou.release()


s.connect(("localhost", 65432))
print(s.recv(1024).decode())
envoyer("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
envoyer("Serveur 65432, je vous dis au revoir")
verrou.acquire()
with verrou:
    s.close()
