import socket

s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)   # IPv4 aussi
s.bind(("::", 65432))
s.listen(10)
conn, (ip, port, *reste) = s.accept()
print("client", ip)
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print("1)", conn.recv(1024).decode())
print("2)", conn.recv(1024).decode())
conn.close()
s.close()
