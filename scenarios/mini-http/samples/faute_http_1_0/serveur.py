"""Avec la bibliothèque standard, sans dire la version de HTTP : c'est alors HTTP/1.0."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class MiniServeur(BaseHTTPRequestHandler):
    def do_GET(self):
        self.repondre(avec_corps=True)

    def do_HEAD(self):
        self.repondre(avec_corps=False)

    def repondre(self, avec_corps):
        if self.path == "/":
            genre, corps = "text/html", b"<h1>Bienvenue</h1>"
        elif self.path == "/menu":
            genre, corps = "text/plain; charset=utf-8", "Crème brûlée : 4 €".encode()
        elif self.path.startswith("/echo/"):
            genre, corps = "text/plain", self.path.removeprefix("/echo/").encode()
        elif self.path.startswith("/bytes/") and self.path[7:].isdigit():
            genre, corps = "text/plain", b"x" * int(self.path[7:])
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", genre)
        self.send_header("Content-Length", str(len(corps)))
        self.end_headers()
        if avec_corps:
            self.wfile.write(corps)


ThreadingHTTPServer(("", 8080), MiniServeur).serve_forever()
