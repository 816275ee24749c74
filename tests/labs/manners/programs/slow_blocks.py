import select
import socket

s = socket.create_server(("", 65432))
clients = []
while True:
    ready, _, _ = select.select([s, *clients], [], [])
    for sock in ready:
        if sock is s:
            clients.append(s.accept()[0])
            continue
        data = sock.recv(4096)
        if not data:
            clients.remove(sock)
            continue
        for other in reversed(clients):
            if other is not sock:
                other.sendall(data)
