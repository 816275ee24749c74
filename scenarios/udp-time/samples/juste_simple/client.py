import socket
import sys

NUMERO = "17"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
for essai in range(3):
    s.sendto(f"TIME {NUMERO}".encode(), ("localhost", 7373))
    try:
        while True:
            donnees, serveur = s.recvfrom(1024)
            numero, _, heure = donnees.decode().partition(" ")
            if numero == NUMERO:
                print(heure)
                sys.exit(0)
    except TimeoutError:
        pass
print("NO ANSWER")
sys.exit(1)
