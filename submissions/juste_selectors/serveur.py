import selectors
import socket

sel = selectors.DefaultSelector()
ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen()
ecoute.setblocking(False)
sel.register(ecoute, selectors.EVENT_READ)

recus = 0
while recus < 2:
    for cle, evenement in sel.select():
        if cle.fileobj is ecoute:
            conn, adresse = ecoute.accept()
            conn.setblocking(False)
            conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
            sel.register(conn, selectors.EVENT_READ)
        else:
            donnees = cle.fileobj.recv(1024)
            print(donnees.decode())
            recus += 1

sel.unregister(conn)
conn.close()
sel.close()
ecoute.close()
