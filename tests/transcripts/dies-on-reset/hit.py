# plays: server-reset
# finds: dies-on-reset
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
while message := conn.recv(1024):  # here
    print(message.decode())
conn.close()
ecoute.close()
