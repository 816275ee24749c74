import socketserver


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for ligne in self.rfile:
            self.wfile.write(ligne)


class Serveur(socketserver.TCPServer):
    allow_reuse_address = True


with Serveur(("", 7007), Echo) as serveur:
    serveur.handle_request()    # un client, un seul
