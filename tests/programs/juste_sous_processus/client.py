import socket
import tempfile

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
with tempfile.TemporaryFile() as fichier:
    fichier.write(b"Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
    fichier.seek(0)
    s.sendfile(fichier)
s.sendall(b"Serveur 65432, je vous dis au revoir")
s.close()
