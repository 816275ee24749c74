import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
message = ""
essais = 0
while message == "":          # on attend le message
    essais = essais + 1
print(message)
message = conn.recv(1024).decode()
print(message)
conn.close()
