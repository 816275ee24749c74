import socket

a_dire = ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
          "Serveur 65432, je vous dis au revoir"]

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
while a_dire:
    s.send(a_dire.pop().encode())
s.close()
