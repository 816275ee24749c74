import socket

for famille, type_, proto, nom, adresse in socket.getaddrinfo(
        None, 65432, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_PASSIVE):
    s = socket.socket(famille, type_, proto)
    s.bind(adresse)
    break
s.listen()
print("À l'écoute sur", s.getsockname())
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(repr(conn.recv(1024).decode()))
print(repr(conn.recv(1024).decode()))
conn.close()
s.close()
