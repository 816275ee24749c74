import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    while True:
        try:
            donnees = conn.recv(1024)
        except ConnectionResetError:
            break
        if not donnees:
            break
        conn.sendall(donnees)
    conn.close()
