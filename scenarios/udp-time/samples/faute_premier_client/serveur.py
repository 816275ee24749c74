import socket
import time


def reponse(donnees):
    mots = donnees.split()
    if len(mots) == 2 and mots[0] == b"TIME" and mots[1].isdigit():
        return mots[1] + time.strftime(" %H:%M:%S").encode()
    return b"ERROR"


s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7373))
donnees, client = s.recvfrom(1024)
s.sendto(reponse(donnees), client)
while True:
    donnees, _ = s.recvfrom(1024)
    s.sendto(reponse(donnees), client)
