import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
for i in range(2):
    message = input("Votre message : ")
    s.send(message.encode())
s.close()
