import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
lignes = conn.makefile("r", encoding="utf-8")
print("message 1 :", lignes.readline())
print("message 2 :", lignes.readline())
lignes.close()
conn.close()
s.close()
