import select
import socket

PORT = 65432

quatre = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
quatre.bind(("0.0.0.0", PORT))
quatre.listen(1)
ecoutes = [quatre]
if socket.has_ipv6:
    six = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        six.bind(("::", PORT))
        six.listen(1)
        ecoutes.append(six)
    except OSError as e:
        print("pas d'IPv6 :", e)

prets, _, _ = select.select(ecoutes, [], [])
client, adresse = prets[0].accept()
client.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(client.recv(1000).decode())
print(client.recv(1000).decode())
client.close()
for e in ecoutes:
    e.close()
