import select
import socket

ecoute = socket.socket()
ecoute.bind(("", 7070))
ecoute.listen()
sockets = [ecoute]
continuer = True

while continuer:
    prets, _, _ = select.select(sockets, [], [])
    for s in prets:
        if s is ecoute:
            conn, adresse = s.accept()
            sockets.append(conn)
        else:
            try:
                donnees = s.recv(1024)
            except ConnectionResetError:
                sockets.remove(s)
                continue
            if not donnees:
                continuer = False
            else:
                s.sendall(donnees)
for s in sockets:
    s.close()
