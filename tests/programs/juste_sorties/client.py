import logging
import socket
import sys

logging.basicConfig(stream=sys.stdout, level=logging.DEBUG,
                    format="%(asctime)s %(levelname)-8s %(message)s")
log = logging.getLogger("client")

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
log.debug("connecté à %s:%d", *s.getpeername())
log.info("reçu : %s", s.recv(1024).decode())
for m in ("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
          "Serveur 65432, je vous dis au revoir"):
    log.debug("envoyé : %d octets", s.send(m.encode()))
s.close()
