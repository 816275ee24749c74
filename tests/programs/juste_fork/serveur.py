import os
import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
pid = os.fork()
if pid == 0:
    s.close()
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print("fils :", conn.recv(1024).decode())
    print("fils :", conn.recv(1024).decode())
    conn.close()
    sys.exit(0)
conn.close()
os.waitpid(pid, 0)
print("le fils a terminé")
s.close()
