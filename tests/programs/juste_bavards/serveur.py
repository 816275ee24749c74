import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie\nQue voulez-vous me dire ?\n".encode())
for numero in range(2):
    print(conn.recv(1024).decode())
    conn.send(f"message {numero + 1} bien reçu\n".encode())
conn.close()
s.close()
