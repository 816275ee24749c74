import socket
import time

ecoute = socket.socket()
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7171))
ecoute.listen()
ecoute.setblocking(False)

noms, recus, a_envoyer = {}, {}, {}


def diffuser(texte, sauf=None):
    for client in noms:
        if client is not sauf:
            a_envoyer[client] += texte.encode() + b"\n"


def ligne(client, texte):
    if client in noms:
        diffuser(noms[client] + ": " + texte, client)
    else:
        a_envoyer[client] += b"WELCOME " + texte.encode() + b"\n"
        diffuser("JOIN " + texte)
        noms[client] = texte


def lire(client):
    donnees = client.recv(4096)
    if not donnees:
        raise ConnectionError("fini")
    recus[client] += donnees
    while b"\n" in recus[client]:
        texte, _, recus[client] = recus[client].partition(b"\n")
        ligne(client, texte.decode().rstrip("\r"))


def partir(client):
    del recus[client], a_envoyer[client]
    nom = noms.pop(client, None)
    client.close()
    if nom is not None:
        diffuser("LEAVE " + nom)


while True:
    time.sleep(0.1)
    try:
        client, _ = ecoute.accept()
        client.setblocking(False)
        recus[client], a_envoyer[client] = b"", b""
    except BlockingIOError:
        pass
    for client in list(recus):
        try:
            lire(client)
        except BlockingIOError:
            pass
        except ConnectionError:
            partir(client)
    for client in list(recus):
        try:
            envoye = client.send(a_envoyer[client]) if a_envoyer[client] else 0
            a_envoyer[client] = a_envoyer[client][envoye:]
        except BlockingIOError:
            pass
        except ConnectionError:
            partir(client)
