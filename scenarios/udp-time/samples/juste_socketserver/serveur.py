import re
import socketserver
from datetime import datetime


class Heure(socketserver.BaseRequestHandler):
    def handle(self):
        donnees, sock = self.request
        demande = re.fullmatch(rb"TIME (\d+)\n?", donnees)
        if demande:
            heure = datetime.now().strftime("%H:%M:%S").encode()
            sock.sendto(demande[1] + b" " + heure, self.client_address)
        else:
            sock.sendto(b"ERROR", self.client_address)


with socketserver.UDPServer(("", 7373), Heure) as serveur:
    serveur.serve_forever()
