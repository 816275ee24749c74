import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
f = conn.makefile("rwb", buffering=0)
f.write("Bonjour Client, je suis le serveur 65432, la connexion est établie")
print(f.read(1024).decode())
print(f.read(1024).decode())
f.close()
conn.close()
s.close()
