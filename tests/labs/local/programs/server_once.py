import socket

server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind("chat.sock")
server.listen()
client, _ = server.accept()
with client, client.makefile("rb") as lines:
    for line in lines:
        client.sendall(line.upper())
