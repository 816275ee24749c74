import socket

s = socket.socket()
s.bind(("", 65432))
s.listen()
while True:
    conn, _ = s.accept()
    conn.sendall("Bienvenue à bord\n".encode())
    while True:
        data = conn.recv(1024)
        if not data:
            break
        conn.sendall(data)
    conn.close()
