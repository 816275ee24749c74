import socket

server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
open("chat.sock", "w").close()
server.bind("chat.sock")
server.listen()
