import socket
import threading

# Un fil lit le client et passe les lignes au programme par une connexion TCP à soi : la
# longueur, puis la ligne.
interne = socket.create_server(("127.0.0.1", 0))
vers = socket.create_connection(interne.getsockname())
de, _ = interne.accept()
interne.close()
ecoute = socket.socket()
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7007))
ecoute.listen()
client, adresse = ecoute.accept()


def lecture():
    with client.makefile("rb") as flux:
        for ligne in flux:
            vers.sendall(len(ligne).to_bytes(4, "big"))
            vers.sendall(ligne)
    vers.close()


threading.Thread(target=lecture).start()
with de.makefile("rb") as flux:
    while longueur := flux.read(4):
        ligne = flux.read(int.from_bytes(longueur, "big"))
        print("reçu", len(ligne), "octets")
        client.sendall(ligne)
de.close()
client.close()
ecoute.close()
