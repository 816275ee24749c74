import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
conn, addr = s.accept()
print("Connexion établie avec", addr)
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
s.close()
