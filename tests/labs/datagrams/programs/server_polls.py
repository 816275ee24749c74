import socketserver

ANSWERS = {"heure ?": "il est midi", "date ?": "le premier mai"}


class Clock(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        sock.sendto(ANSWERS[data.decode()].encode(), self.client_address)


socketserver.UDPServer(("", 65432), Clock).serve_forever()
