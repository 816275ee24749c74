# plays: server-twice
# finds: accept-once
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(('', 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
print(conn.recv(1024).decode())
conn.close()
ecoute.close()
