import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("localhost", 7000))
client.sendall("bonjour\n".encode())
print(client.recv(100).decode().rstrip())
client.close()
