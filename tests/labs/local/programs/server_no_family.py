import socket

server = socket.socket()
server.bind("chat.sock")
server.listen()
while True:
    client, _ = server.accept()
    with client, client.makefile("rb") as lines:
        for line in lines:
            client.sendall(line.upper())
