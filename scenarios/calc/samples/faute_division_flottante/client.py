import socket

# Le client fait les calculs lui-même
s = socket.create_connection(("localhost", 5050))
f = s.makefile("rw", newline="\n")
for requete in ("ADD 3 4", "MUL 7 5", "SUB 35 1"):
    print(requete, file=f, flush=True)
    reponse = f.readline().strip()
    if reponse.startswith("ERROR"):
        break
print(reponse.removeprefix("RESULT "))
print("QUIT", file=f, flush=True)
f.readline()
f.close()
s.close()
