import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7373))
while True:
    donnees, client = s.recvfrom(1024)
    if donnees.startswith(b"TIME "):
        s.sendto(time.strftime("%H:%M:%S").encode(), client)
    else:
        s.sendto(b"ERROR", client)
