import socket

c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
c.connect(('localhost', 65432))
for mot in c.recv(1024).decode().split():
    print(mot)
a_envoyer = ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
             "Serveur 65432, je vous dis au revoir"]
for m in a_envoyer:
    c.send(bytes(m, "utf-8"))
c.close()
