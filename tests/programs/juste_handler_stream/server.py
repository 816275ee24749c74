import socketserver


class TP9Handler(socketserver.StreamRequestHandler):
    """One instance per connection; we only ever serve one."""

    def handle(self):
        self.wfile.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        for _ in range(2):
            data = self.rfile.read1(1024)
            print("{} wrote: {}".format(self.client_address[0], data.decode()))


if __name__ == "__main__":
    socketserver.TCPServer.allow_reuse_address = True
    with socketserver.TCPServer(("0.0.0.0", 65432), TP9Handler) as server:
        server.handle_request()
