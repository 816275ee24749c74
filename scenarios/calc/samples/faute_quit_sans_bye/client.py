import socket

s = socket.create_connection(("localhost", 5050))
f = s.makefile("r")
s.sendall(b"ADD 3 4\n")
ligne = f.readline()
if ligne.startswith("RESULT"):
    s.sendall(f"MUL {ligne.split()[1]} 5\n".encode())
    ligne = f.readline()
if ligne.startswith("RESULT"):
    s.sendall(f"SUB {ligne.split()[1]} 1\n".encode())
    ligne = f.readline()
print("Le résultat est", ligne.replace("RESULT ", "").strip())
s.sendall(b"QUIT\n")
f.readline()
f.close()
s.close()
