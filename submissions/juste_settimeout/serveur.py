import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.settimeout(8)
s.bind(('', 65432))
s.listen(1)
try:
    conn, addr = s.accept()
    conn.settimeout(5)
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print("1er message :", conn.recv(1024).decode())
    print("2e message :", conn.recv(1024).decode())
    conn.close()
except socket.timeout:
    print("Temps écoulé !")
s.close()
