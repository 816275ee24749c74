import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
memoire = bytearray(1024)
message1 = conn.recv_into(memoire)
print("message 1 =", message1)
message2 = conn.recv_into(memoire)
print("message 2 =", message2)
conn.close()
s.close()
