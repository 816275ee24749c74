import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(5)
s.settimeout(0.5)
while True:
    try:
        conn, addr = s.accept()
    except socket.timeout:
        continue              # personne, on réessaie
    conn.settimeout(5)
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print(conn.recv(1024).decode())
    print(conn.recv(1024).decode())
    conn.close()
