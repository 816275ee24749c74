import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 65432))
data, client = s.recvfrom(1024)
s.sendto("il est midi".encode(), client)
