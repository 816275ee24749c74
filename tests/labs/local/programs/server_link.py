import os
import socket

server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind("/tmp/real.sock")
os.symlink("/tmp/real.sock", "chat.sock")
server.listen()
client, _ = server.accept()
client.sendall(client.recv(100).upper())
