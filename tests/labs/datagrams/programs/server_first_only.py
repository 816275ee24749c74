import socket

ANSWERS = {"heure ?": "il est midi", "date ?": "le premier mai"}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 65432))
data, client = s.recvfrom(1024)
s.connect(client)
while True:
    s.send(ANSWERS[data.decode()].encode())
    data = s.recv(1024)
