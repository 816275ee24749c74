import socket

with socket.create_connection(("localhost", 65432)) as s:
    boite = bytearray(8)
    n = s.recv_into(boite, 8)
    print(n, "octets reçus :", boite.decode())
    s.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    s.sendall("Serveur 65432, je vous dis au revoir".encode())
