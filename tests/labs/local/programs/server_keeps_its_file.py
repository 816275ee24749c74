import socket

NAME = "chat.sock"

server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(NAME)
server.listen()
while True:
    client, _ = server.accept()
    with client, client.makefile("rb") as lines:
        for line in lines:
            client.sendall(line.upper())
