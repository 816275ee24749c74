import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
reponse = s.recv(1024)
if reponse:
    print("Bonjour Client, je suis le serveur 65432, la connexion est établie")
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
