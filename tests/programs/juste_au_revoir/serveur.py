import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
while True:
    msg = conn.recv(1024).decode()
    if msg == "":
        print("Le client est parti")
        break
    print("Client >", msg)
    if "au revoir" in msg:
        break
conn.close()
s.close()
