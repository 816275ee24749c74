import socketserver
import threading


class Gestionnaire(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        for _ in range(2):
            texte = self.request.recv(1024).decode()
            print("Le client", self.client_address[0], "dit :", texte)
        # shutdown() attend la fin de serve_forever : il faut un autre thread
        threading.Thread(target=self.server.shutdown).start()


with socketserver.TCPServer(("", 65432), Gestionnaire) as serveur:
    serveur.serve_forever()
