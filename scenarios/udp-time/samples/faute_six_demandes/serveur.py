import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("localhost", 7373))
while True:
    donnees, client = s.recvfrom(1024)
    mots = donnees.split()
    if len(mots) == 2 and mots[0] == b"TIME" and mots[1].isdigit():
        s.sendto(mots[1] + time.strftime(" %H:%M:%S").encode(), client)
    else:
        s.sendto(b"ERROR", client)
