import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
for _ in range(2):
    s.sendto(b"TIME 1", ("localhost", 7373))
    try:
        numero, heure = s.recv(1024).decode().split()
        while numero != "1":
            numero, heure = s.recv(1024).decode().split()
    except TimeoutError:
        continue
    print(heure)
    sys.exit(0)
print("NO ANSWER")
