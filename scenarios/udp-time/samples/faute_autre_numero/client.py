import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
for numero in range(1, 4):
    s.sendto(f"TIME {numero}".encode(), ("localhost", 7373))
    try:
        donnees = s.recv(1024).decode().split()
    except TimeoutError:
        continue
    print(donnees[1])
    sys.exit(0)
print("NO ANSWER")
sys.exit(1)
