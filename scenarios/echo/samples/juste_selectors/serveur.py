import selectors
import socket

sel = selectors.DefaultSelector()
ecoute = socket.socket()
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("0.0.0.0", 7007))
ecoute.listen()
client, adresse = ecoute.accept()
ecoute.close()
client.setblocking(False)
sel.register(client, selectors.EVENT_READ)

a_renvoyer = b""
fini = False
while not fini or a_renvoyer:
    interet = (0 if fini else selectors.EVENT_READ) | (selectors.EVENT_WRITE if a_renvoyer else 0)
    sel.modify(client, interet)
    for cle, masque in sel.select():
        if masque & selectors.EVENT_READ:
            recu = client.recv(2048)
            if recu:
                print("reçu", len(recu), "octets")
                a_renvoyer += recu
            else:
                fini = True
        if masque & selectors.EVENT_WRITE:
            n = client.send(a_renvoyer)
            a_renvoyer = a_renvoyer[n:]
client.close()
