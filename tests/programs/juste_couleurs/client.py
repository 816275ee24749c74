import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
for signe in "-\\|/":
    print("\rconnexion", signe, end="", flush=True)
s.connect(("localhost", 65432))
print("\r\x1b[K\x1b[1;34m%s\x1b[0m" % s.recv(1024).decode())
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
