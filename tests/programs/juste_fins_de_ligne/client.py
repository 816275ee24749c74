import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print("Message :", s.recv(1024).decode(), end="\r\n")
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert\r\n".encode())
s.send("Serveur 65432, je vous dis au revoir\r\n".encode())
s.close()
