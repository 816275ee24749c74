import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
s.sendto(b"TIME 1", ("localhost", 7373))
donnees, _ = s.recvfrom(1024)
print(donnees.decode().split()[1])
