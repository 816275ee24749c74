import socket

messages = ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
            "Serveur 65432, je vous dis au revoir"]

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
for i in range(len(messages) - 1):
    s.send(messages[i].encode())
s.close()
