import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
for _ in range(3):
    s.sendto(b"TIME 4", ("localhost", 7373))
    try:
        donnees, _ = s.recvfrom(1024)
        print(donnees.decode())
        sys.exit(0)
    except TimeoutError:
        continue
print("NO ANSWER")
sys.exit(1)
