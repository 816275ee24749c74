import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7373))
vus = set()
while True:
    donnees, client = s.recvfrom(1024)
    if (donnees, client) in vus:
        continue
    vus.add((donnees, client))
    mots = donnees.split()
    if len(mots) == 2 and mots[0] == b"TIME" and mots[1].isdigit():
        s.sendto(mots[1] + time.strftime(" %H:%M:%S").encode(), client)
    else:
        s.sendto(b"ERROR", client)
