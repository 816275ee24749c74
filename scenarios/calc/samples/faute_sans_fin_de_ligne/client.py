import socket

s = socket.create_connection(("localhost", 5050))
reponse = ""
for requete in ("ADD 3 4", "MUL {} 5", "SUB {} 1"):
    s.sendall(requete.format(reponse[7:]).encode())
    reponse = s.recv(1024).decode().strip()
    if not reponse.startswith("RESULT"):
        break
print(reponse.replace("RESULT ", ""))
s.sendall(b"QUIT")
s.recv(1024)
s.close()
