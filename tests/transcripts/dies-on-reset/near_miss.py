# plays: server-reset
# finds: 
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
try:
    while message := conn.recv(1024):
        print(message.decode())
except ConnectionError:
    print('le client est parti')
conn.close()
ecoute.close()
