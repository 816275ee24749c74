import socketserver


class Welcome(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write("Bienvenue à bord\n".encode())
        self.rfile.read()


socketserver.ThreadingTCPServer(("", 65432), Welcome).serve_forever()
