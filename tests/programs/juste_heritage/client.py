import socket
import threading


class Client(threading.Thread):
    def __init__(self, serveur):
        super().__init__()
        self.serveur = serveur

    def run(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.connect(self.serveur)
        print(s.recv(1024).decode())
        s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
        s.send("Serveur 65432, je vous dis au revoir".encode())
        s.close()


client = Client(("localhost", 65432))
client.start()
client.join()
