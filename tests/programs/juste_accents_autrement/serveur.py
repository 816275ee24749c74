import socket
import unicodedata

ACCUEIL = unicodedata.normalize("NFD", "Bonjour Client, je suis le serveur 65432, la connexion est établie")
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send(ACCUEIL.encode("utf-8"))
print(unicodedata.normalize("NFC", conn.recv(1024).decode("utf-8")))
print(unicodedata.normalize("NFC", conn.recv(1024).decode("utf-8")))
conn.close()
s.close()
