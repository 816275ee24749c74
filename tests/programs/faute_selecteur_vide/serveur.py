import os
import selectors
import socket

sel = selectors.DefaultSelector()
reveil, _ = os.pipe()
sel.register(reveil, selectors.EVENT_READ)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn = None
n = 0
while n < 2:
    for cle, _ in sel.select():
        if cle.fileobj is s:
            conn, addr = s.accept()
            conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
            sel.register(conn, selectors.EVENT_READ)
        else:
            print(conn.recv(1024).decode())
            n += 1
conn.close()
s.close()
