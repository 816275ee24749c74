import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
s.sendto(b"TIME 1", ("localhost", 7373))
try:
    donnees, _ = s.recvfrom(1024)
    print(donnees.decode().split()[1])
except TimeoutError:
    print("NO ANSWER")
    sys.exit(1)
