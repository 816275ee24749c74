import socket

client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
client.connect("/tmp/chat.sock")
client.sendall("bonjour\n".encode())
print(client.recv(100).decode().rstrip())
client.close()
