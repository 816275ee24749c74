import socketserver


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for ligne in self.rfile:
            self.wfile.write(ligne)


class Serveur(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with Serveur(("", 7070), Echo) as serveur:
        serveur.serve_forever()
