import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))

data = b""
while True:
    part = s.recv(1024)
    if not part:
        break
    data = data + part
print("Server says:", data.decode())

try:
    s.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    s.sendall("Serveur 65432, je vous dis au revoir".encode())
except OSError:
    print("The server has gone")
s.close()
