import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    donnees = conn.recv(1024)
    conn.sendall(donnees)
    conn.close()
