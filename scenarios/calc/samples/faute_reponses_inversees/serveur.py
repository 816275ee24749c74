import socket


def repondre(ligne):
    mots = ligne.split()
    if not mots or mots[0] not in ("ADD", "SUB", "MUL", "DIV"):
        return "ERROR unknown command"
    if len(mots) != 3:
        return "ERROR bad arguments"
    a, b = mots[1], mots[2]
    if not a.isdigit() or not b.isdigit():
        return "ERROR bad arguments"
    a, b = int(a), int(b)
    if mots[0] == "ADD":
        return f"RESULT {a + b}"
    if mots[0] == "SUB":
        return f"RESULT {b - a}"
    if mots[0] == "MUL":
        return f"RESULT {a * b}"
    if b == 0:
        return "ERROR division by zero"
    return f"RESULT {a // b}"


ecoute = socket.create_server(("", 5050))
while True:
    client, _ = ecoute.accept()
    with client, client.makefile("r", newline="\n") as f:
        for ligne in f:
            reponse = "BYE" if ligne == "QUIT\n" else repondre(ligne)
            client.sendall(f"{reponse}\n".encode())
            if ligne == "QUIT\n":
                break
