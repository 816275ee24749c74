import socket
import threading

server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind("chat.sock")
server.listen()
threading.Event().wait()
