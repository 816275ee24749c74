import socketserver


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        for k in range(2):
            msg = self.request.recv(1024)
            print("message", k, msg.decode())
            return


serveur = socketserver.TCPServer(("", 65432), Handler)
serveur.handle_request()
serveur.server_close()
