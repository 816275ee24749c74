import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
flux = conn.makefile("rwb", buffering=0)
flux.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
for numero in (1, 2):
    octets = flux.read(1024)          # sans tampon : un seul recv
    print(f"#{numero}", str(octets, "utf-8"))
flux.close()
conn.close()
s.close()
