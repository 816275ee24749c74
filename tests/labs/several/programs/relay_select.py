import socket, select

s = socket.socket()
s.bind(("", 65432))
s.listen()
clients = []
while True:
    ready, _, _ = select.select([s, *clients], [], [])
    for sock in ready:
        if sock is s:
            conn, _ = s.accept()
            clients.append(conn)
            conn.sendall("Bienvenue à bord\n".encode())
            continue
        data = sock.recv(1024)
        if not data:
            clients.remove(sock)
            sock.close()
            continue
        for other in clients:
            if other is not sock:
                other.sendall(data)
