import socket

messages = {
    "client": "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
    "client": "Serveur 65432, je vous dis au revoir",
}

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
for auteur, texte in messages.items():
    s.send(texte.encode())
s.close()
