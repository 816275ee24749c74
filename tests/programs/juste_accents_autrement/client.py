import socket
import unicodedata


def sans_accents(texte):
    """Mon terminal n'affiche pas bien les accents."""
    forme = unicodedata.normalize("NFKD", texte)
    return "".join(c for c in forme if not unicodedata.combining(c))


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(sans_accents(s.recv(1024).decode()))
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
