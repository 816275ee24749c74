import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(2)
recus = 0
while recus < 2:
    conn, addr = s.accept()
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print(conn.recv(1024).decode())
    recus = recus + 1
    conn.close()
    s.close()
