import socketserver


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write("Bonjour Client, je suis le serveur 65432, la connexion est établie")
        print(self.request.recv(1024).decode())
        print(self.request.recv(1024).decode())


socketserver.TCPServer(("", 65432), Dialogue).handle_request()
