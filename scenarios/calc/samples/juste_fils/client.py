import socket

s = socket.create_connection(("127.0.0.1", 5050))
f = s.makefile("rb")
requetes = [b"ADD 3 4\n", b"MUL %s 5\n", b"SUB %s 1\n"]
r = None
for requete in requetes:
    s.sendall(requete if r is None else requete % r)
    reponse = f.readline().rstrip()
    if reponse.startswith(b"ERROR"):
        r = reponse
        break
    r = reponse[len(b"RESULT "):]
print(r.decode())
s.sendall(b"QUIT\n")
assert f.readline() == b"BYE\n"
f.close()
s.close()
