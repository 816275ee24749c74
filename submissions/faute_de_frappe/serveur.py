from socket import *

s = socket(AF_INET, SOCK_STREAM)
s.bind(("", 65432))
s.listen(5)
(conn, addr) = s.accept()          # bloque jusqu'à l'arrivée du client
conn.send(b"Bonjour Client, je suis le serveur 65432, la conexion est etablie")
m1 = conn.recv(1024)
print("Message 1 :", m1.decode())
m2 = conn.recv(1024)
print("Message 2 :", m2.decode())
conn.close()
s.close()
