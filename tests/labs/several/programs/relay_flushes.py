import select
import socket

s = socket.create_server(("", 65432))
to_send = {}
while True:
    ready, _, _ = select.select([s, *to_send], [], [], 0.04)
    for client, data in to_send.items():
        client.sendall(data)
        to_send[client] = b""
    for sock in ready:
        if sock is s:
            to_send[s.accept()[0]] = "Bienvenue à bord\n".encode()
        elif data := sock.recv(4096):
            for other in to_send:
                to_send[other] += data if other is not sock else b""
        else:
            del to_send[sock]
            sock.close()
