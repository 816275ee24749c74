# plays: server-nominal, server-client-leaves
# finds: 
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
import select
select.select([], [], [conn], 0.1)  # un client qui part est alors parti
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
select.select([], [], [conn], 0.2)
conn.send(b'!')  # who has left answers this by RST
select.select([], [], [conn], 0.2)
conn.send(b'!')  # here
print(conn.recv(1024).decode())
print(conn.recv(1024).decode())
conn.close()
ecoute.close()
