import select
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
surveillance = select.poll()
surveillance.register(s, select.POLLIN)
conn = None
compte = 0
while compte < 2:
    for fd, evt in surveillance.poll(5000):
        if fd == s.fileno():
            conn, adr = s.accept()
            conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
            surveillance.register(conn, select.POLLIN)
        elif evt & select.POLLIN:
            print(conn.recv(1024).decode())
            compte += 1
surveillance.unregister(conn)
conn.close()
s.close()
