import socket
import subprocess
import sys

if len(sys.argv) > 1:                 # appelé par lui-même
    print("Affichage :", sys.argv[1])
    sys.exit()

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
for i in range(2):
    message = conn.recv(1024).decode()
    subprocess.run([sys.executable, __file__, message], check=True)
conn.close()
s.close()
