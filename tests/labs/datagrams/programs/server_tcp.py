import socket

s = socket.socket()
s.bind(("", 65432))
s.listen()
while True:
    conn, _ = s.accept()
    conn.sendall(b"il est midi")
