import socket

lignes = ["Bonjour cher écho\n", "Il fait beau sur la montagne\n", "Merci et au revoir\n"]
s = socket.create_connection(("localhost", 7007))
s.sendall(lignes[0].encode())
for ligne in lignes[1:]:
    print(s.recv(1024).decode(), end="")
    s.sendall(ligne.encode())
s.close()
