import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client. Je suis le serveur 65432, la conexion est établie".encode())
print(conn.recv(1024).decode()[1:])
print(conn.recv(1024).decode()[1:])
conn.close()
s.close()
