import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7373))
heure = time.strftime("%H:%M")
while True:
    donnees, client = s.recvfrom(1024)
    mots = donnees.split()
    if len(mots) == 2 and mots[0] == b"TIME" and mots[1].isdigit():
        s.sendto(mots[1] + b" " + heure.encode(), client)
    else:
        s.sendto(b"ERROR", client)
