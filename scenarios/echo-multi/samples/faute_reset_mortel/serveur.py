import select
import socket

ecoute = socket.socket()
ecoute.bind(("", 7070))
ecoute.listen()
clients = []

while True:
    prets, _, _ = select.select([ecoute] + clients, [], [])
    for s in prets:
        if s is ecoute:
            conn, adresse = s.accept()
            clients.append(conn)
        else:
            donnees = s.recv(1024)
            if donnees:
                s.sendall(donnees)
            else:
                clients.remove(s)
                s.close()
