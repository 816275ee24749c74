import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7373))
while True:
    donnees, client = s.recvfrom(1024)
    mots = donnees.split()
    if len(mots) == 2 and mots[0] == b"TIME" and mots[1].isdigit():
        reponse = mots[1].decode() + " " + time.strftime("%H:%M:%S")
    else:
        reponse = "ERROR"
    s.sendto(reponse.encode(), client)
