import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    s.bind(('', 65432))
    s.listen(1)
    c, a = s.accept()
    try:
        c.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        print("->", c.recv(1024).decode())
        print("->", c.recv(1024).decode())
    finally:
        c.shutdown(socket.SHUT_RDWR)
        c.close()
finally:
    s.close()
