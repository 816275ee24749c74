# plays: server-nominal
# finds: error-swallowed
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
try:
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie")
    print(conn.recv(1024).decode())
    print(conn.recv(1024).decode())
except:
    print("Une erreur est survenue")
conn.close()
s.close()
