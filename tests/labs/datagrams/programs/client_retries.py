import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.3)
for _ in range(5):
    s.sendto("heure ?".encode(), ("localhost", 65432))
    try:
        data, _ = s.recvfrom(1024)
    except TimeoutError:
        continue
    print(data.decode())
    break
