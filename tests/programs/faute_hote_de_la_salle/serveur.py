import socket

IP_DU_PC = "192.168.1.20"

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((IP_DU_PC, 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
s.close()
