import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
for essai in range(6):
    s.sendto(b"TIME 1", ("localhost", 7373))
    try:
        numero, heure = s.recv(1024).decode().split()
    except TimeoutError:
        continue
    if numero == "1":
        print(heure)
        break
