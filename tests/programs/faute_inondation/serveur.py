import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
historique = ""
while "STOP" not in historique:
    historique = historique + conn.recv(1024).decode() + "\n"
    print(historique[-2000:])
conn.close()
s.close()
