import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode("utf-8-sig"))
for ordinal in ["premier", "second"]:
    print("Le", ordinal, "message est", conn.recv(1024).decode("utf-8-sig"))
conn.close()
s.close()
