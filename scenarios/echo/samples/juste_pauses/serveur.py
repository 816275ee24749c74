import socket
import time

ecoute = socket.socket()
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7007))
ecoute.listen()
client, adresse = ecoute.accept()
client.settimeout(5)
tampon = b""
while recu := client.recv(4096):
    tampon += recu
    while b"\n" in tampon:
        ligne, tampon = tampon.split(b"\n", 1)
        time.sleep(0.02)
        print("reçu", len(ligne), "octets")
        time.sleep(0.02)
        client.sendall(ligne + b"\n")
client.close()
ecoute.close()
