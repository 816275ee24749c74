import socket

ANSWERS = {"heure ?": "il est midi", "date ?": "le premier mai"}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 65432))
while True:
    data, client = s.recvfrom(1024)
    s.sendto(ANSWERS[data.decode()].encode(), client)
