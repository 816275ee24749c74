import socket

CONNUS = ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
          "Serveur 65432, je vous dis au revoir"]

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
for attendu in CONNUS:
    if conn.recv(1024).decode() == attendu:
        print("Message reçu :", attendu)
    else:
        print("Message inconnu")
conn.close()
s.close()
