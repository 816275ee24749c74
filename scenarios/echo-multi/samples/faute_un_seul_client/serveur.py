import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(1)
conn, adresse = s.accept()
while True:
    donnees = conn.recv(1024)
    if not donnees:
        break
    conn.sendall(donnees)
conn.close()
s.close()
