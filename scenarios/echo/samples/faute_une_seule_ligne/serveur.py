import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7007))
s.listen(1)
conn, addr = s.accept()
data = conn.recv(1024)
print("Reçu :", data.decode())
conn.sendall(data)
conn.close()
s.close()
