import socket

LIGNES = ["Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"]


def lire_ligne(s):
    """Lit jusqu'à la fin de la ligne, même si elle arrive en plusieurs morceaux."""
    ligne = b""
    while not ligne.endswith(b"\n"):
        morceau = s.recv(1024)
        if not morceau:
            break
        ligne += morceau
    return ligne.decode("utf-8").rstrip("\n")


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 7007))
for ligne in LIGNES:
    s.sendall((ligne + "\n").encode("utf-8"))
    print(lire_ligne(s))
s.close()
