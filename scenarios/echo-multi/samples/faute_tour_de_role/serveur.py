import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(5)
clients = []
while True:
    conn, adresse = s.accept()
    clients.append(conn)
    for c in list(clients):
        try:
            donnees = c.recv(1024)
        except ConnectionResetError:
            donnees = b""
        if donnees:
            c.sendall(donnees)
        else:
            clients.remove(c)
            c.close()
