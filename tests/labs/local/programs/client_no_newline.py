import socket

client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
client.connect("chat.sock")
client.sendall("bonjour".encode())
print(client.recv(100).decode().rstrip())
client.close()
