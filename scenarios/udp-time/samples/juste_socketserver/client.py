import random
import select
import socket
import sys
import time

numero = str(random.randint(1, 1000000))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("localhost", 7373))


def attendre(secondes):
    fin = time.monotonic() + secondes
    while (reste := fin - time.monotonic()) > 0:
        if select.select([s], [], [], reste)[0]:
            mots = s.recv(512).decode().split()
            if mots and mots[0] == numero:
                return mots[1]
    return None


for _ in range(3):
    s.send(b"TIME " + numero.encode())
    if heure := attendre(0.5):
        print(heure)
        break
else:
    print("NO ANSWER")
    sys.exit(1)
