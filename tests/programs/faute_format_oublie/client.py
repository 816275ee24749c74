import socket

PORT = 65432
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", PORT))
print(s.recv(1024).decode())
s.send("Bonjour Serveur %d, nous sommes donc dans la phase de transfert".encode())
s.send(("Serveur %d, je vous dis au revoir" % PORT).encode())
s.close()
