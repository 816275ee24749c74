import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode("utf-8-sig"))
messages = ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert", "Serveur 65432, je vous dis au revoir"]
s.sendall("\n".join(messages).encode("utf-8"))
s.close()
