import socket


def envoyer_tout(s, messages):
    for m in messages:
        n = s.send(m.encode())
        return n


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
envoyer_tout(s, ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert", "Serveur 65432, je vous dis au revoir"])
s.close()
