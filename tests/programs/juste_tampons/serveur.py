import socket

TAMPON = bytearray(1024)

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
connexion, adresse = s.accept()
connexion.sendall(memoryview("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode()))

vue = memoryview(TAMPON)
for i in range(2):
    n = connexion.recv_into(TAMPON, 1024)
    print("Message", i + 1, "de", n, "octets :", vue[:n].tobytes().decode())

connexion.close()
s.close()
