import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
mots = "Bonjour Client, je suis le serveur 65432, la connexion est établie".split(" ")
for i, mot in enumerate(mots):
    if i > 0:
        conn.send(b" ")
    conn.send(mot.encode())
print(conn.recv(1024).decode(), end="\n\n")
print(conn.recv(1024).decode(), end="\n\n")
conn.close()
s.close()
