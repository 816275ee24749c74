import socket
import time

# Un délai de garde sur la socket, et une pause avant chaque ligne.
client = socket.create_connection(("localhost", 7007), timeout=5)
reponses = client.makefile("r", encoding="utf-8", newline="\n")
for texte in ("Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"):
    for _ in range(4):
        print(".", end="", flush=True)
        time.sleep(0.05)
    print()
    client.sendall(texte.encode() + b"\n")
    print(reponses.readline().rstrip("\n"))
reponses.close()
client.close()
