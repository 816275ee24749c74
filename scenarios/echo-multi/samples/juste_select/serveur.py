import select
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7070))
ecoute.listen()
clients = []

while True:
    prets, _, _ = select.select([ecoute] + clients, [], [])
    for s in prets:
        if s is ecoute:
            conn, _ = ecoute.accept()
            clients.append(conn)
        else:
            try:
                donnees = s.recv(4096)
                if donnees:
                    s.sendall(donnees)
                    continue
            except OSError:
                pass
            clients.remove(s)
            s.close()
