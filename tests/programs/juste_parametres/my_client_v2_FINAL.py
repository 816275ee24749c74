import os
import socket
import sys

hote = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TP9_HOTE", "localhost")
port = int(sys.argv[2]) if len(sys.argv) > 2 else 65432
s = socket.create_connection((hote, port))
print(s.recv(1024).decode())
s.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.sendall("Serveur 65432, je vous dis au revoir".encode())
s.close()
