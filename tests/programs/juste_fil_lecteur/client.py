import socket
import threading

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
accueilli = threading.Event()


def ecoute():
    while True:
        donnees = s.recv(1024)
        if not donnees:
            print("(connexion terminée)")
            break
        print(donnees.decode())
        accueilli.set()


lecteur = threading.Thread(target=ecoute)
lecteur.start()
accueilli.wait()
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.shutdown(socket.SHUT_RDWR)
lecteur.join()
s.close()
