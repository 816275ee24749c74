import socket


def repondre(ligne):
    mots = ligne.split()
    if len(mots) == 0 or mots[0] not in ["ADD", "SUB", "MUL", "DIV"]:
        return "ERROR unknown command"
    if len(mots) != 3 or not all(m.lstrip("-").isdigit() for m in mots[1:]):
        return "ERROR bad arguments"
    a, b = int(mots[1]), int(mots[2])
    if mots[0] == "DIV":
        return "ERROR division by zero" if b == 0 else f"RESULT {a // b}"
    return f"RESULT {a + b if mots[0] == 'ADD' else a - b if mots[0] == 'SUB' else a * b}"


s = socket.create_server(("", 5050))
while True:
    conn, addr = s.accept()
    lecteur = conn.makefile("r")
    ligne = lecteur.readline()
    while ligne != "QUIT\n":
        conn.sendall((repondre(ligne) + "\n").encode())
        ligne = lecteur.readline()
    conn.sendall(b"BYE\n")
    lecteur.close()
    conn.close()
