import logging
import socket

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
logging.info("message reçu : %s", conn.recv(1024).decode())
logging.info("message reçu : %s", conn.recv(1024).decode())
conn.close()
s.close()
