import select
import socket

client = socket.create_connection(("localhost", 7007))


def ce_qui_vient():
    """Tout ce qui arrive, jusqu'à ce qu'il ne vienne plus rien pendant 0,2 s."""
    recu = b""
    while select.select([client], [], [], 0.2)[0]:
        bout = client.recv(1024)
        if not bout:
            break
        recu += bout
    return recu.decode()


for texte in ("Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"):
    client.sendall(texte.encode() + b"\n")
    print(ce_qui_vient(), end="")
client.close()
