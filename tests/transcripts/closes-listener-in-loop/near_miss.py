# plays: server-twice
# finds: 
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(('', 65432))
ecoute.listen(1)
for _ in range(2):
    conn, adresse = ecoute.accept()
    print(conn.recv(1024).decode())
    conn.close()
ecoute.close()
