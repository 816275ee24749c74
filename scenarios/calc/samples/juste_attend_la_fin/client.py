import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 5050))
s.settimeout(5)


def demander(requete):
    for _ in range(3):
        time.sleep(0.03)
    s.sendall((requete + "\n").encode())
    reponse = b""
    while not reponse.endswith(b"\n"):
        morceau = s.recv(1024)
        if not morceau:
            break
        reponse += morceau
    return reponse.decode().strip()


reponse = demander("ADD 3 4")
for operation, nombre in (("MUL", 5), ("SUB", 1)):
    if reponse.startswith("RESULT "):
        r = reponse.split()[1]
        reponse = demander(f"{operation} {r} {nombre}")

if reponse.startswith("RESULT "):
    print(reponse.split()[1])
else:
    print(reponse)
demander("QUIT")
# Le serveur ferme la connexion : on lit jusqu'à la fin.
while s.recv(1024):
    pass
s.close()
