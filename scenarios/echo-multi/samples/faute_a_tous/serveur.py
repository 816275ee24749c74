import select
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(5)
clients = []

while True:
    prets, _, _ = select.select([s] + clients, [], [])
    for pret in prets:
        if pret is s:
            conn, adresse = s.accept()
            clients.append(conn)
            continue
        try:
            donnees = pret.recv(1024)
        except OSError:
            donnees = b""
        if not donnees:
            clients.remove(pret)
            pret.close()
            continue
        for c in clients:
            c.sendall(donnees)
