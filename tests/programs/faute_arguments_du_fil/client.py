import socket
import threading


def dialogue(hote, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect((hote, port))
    print(s.recv(1024).decode())
    s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    s.send("Serveur 65432, je vous dis au revoir".encode())
    s.close()
    return "terminé"


t = threading.Thread(target=dialogue("localhost", 65432))
t.start()
t.join()
