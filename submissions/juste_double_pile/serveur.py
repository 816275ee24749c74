import socket

# accepte les clients IPv4 et IPv6
s = socket.create_server(("", 65432), family=socket.AF_INET6, dualstack_ipv6=True)
conn, addr = s.accept()
conn.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print("Reçu", conn.recv(1024).decode(), sep="\n")
print("Reçu", conn.recv(1024).decode(), sep="\n")
conn.close()
s.close()
