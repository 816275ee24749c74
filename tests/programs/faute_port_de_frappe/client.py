import socket

with socket.socket() as s:
    s.connect(("localhost", 65423))
    print(s.recv(1024).decode())
    s.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    s.sendall("Serveur 65432, je vous dis au revoir".encode())
