import socket, time

s = socket.socket()
s.bind(("", 65432))
s.listen()
s.setblocking(False)
clients = []
while True:
    time.sleep(0.002)
    try:
        conn, _ = s.accept()
        conn.sendall("Bienvenue à bord\n".encode())
        conn.setblocking(False)
        clients.append(conn)
    except BlockingIOError:
        pass
    for conn in list(clients):
        try:
            data = conn.recv(16)
        except BlockingIOError:
            continue
        if not data:
            clients.remove(conn)
            conn.close()
            continue
        for other in clients:
            if other is not conn:
                other.sendall(data)
