import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7373))
donnees, client = s.recvfrom(1024)
mots = donnees.decode().split()
s.sendto(f"{mots[1]} {time.strftime('%H:%M:%S')}".encode(), client)
