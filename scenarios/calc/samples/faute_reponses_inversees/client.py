import socket

s = socket.create_connection(("localhost", 5050))
f = s.makefile("rw", newline="\n")


def demander(requete):
    f.write(requete + "\n")
    f.flush()
    return f.readline().strip()


r = demander("ADD 3 4")
if r.startswith("RESULT"):
    r = demander(f"MUL {r.split()[1]} 5")
if r.startswith("RESULT"):
    r = demander(f"SUB {r.split()[1]} 1")
if r.startswith("RESULT"):
    print(r.split()[1])
demander("QUIT")
f.close()
s.close()
