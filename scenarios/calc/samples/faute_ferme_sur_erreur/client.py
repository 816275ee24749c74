import socket

s = socket.create_connection(("localhost", 5050))
f = s.makefile("r")


def demander(requete):
    s.sendall((requete + "\n").encode())
    return f.readline().strip()


reponse = demander("ADD 3 4")
if reponse.startswith("RESULT"):
    reponse = demander("MUL " + reponse.split()[1] + " 5")
if reponse.startswith("RESULT"):
    reponse = demander("SUB " + reponse.split()[1] + " 1")
print(reponse)
demander("QUIT")
f.close()
s.close()
