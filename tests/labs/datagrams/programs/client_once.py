import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto("heure ?".encode(), ("localhost", 65432))
data, _ = s.recvfrom(1024)
print(data.decode())
