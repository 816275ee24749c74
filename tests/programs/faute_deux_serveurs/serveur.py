import socket

ADRESSE = ("", 65432)

s1 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s1.bind(ADRESSE)
s1.listen(1)
conn1, addr1 = s1.accept()
conn1.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(conn1.recv(1024).decode())

s2 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s2.bind(ADRESSE)
s2.listen(1)
conn2, addr2 = s2.accept()
print(conn2.recv(1024).decode())
conn1.close()
conn2.close()
