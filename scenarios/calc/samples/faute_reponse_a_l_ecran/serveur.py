import socket


def repondre(ligne):
    mots = ligne.split()
    if not mots or mots[0] not in ("ADD", "SUB", "MUL", "DIV"):
        return "ERROR unknown command"
    try:
        a, b = map(int, mots[1:])
    except ValueError:
        return "ERROR bad arguments"
    if mots[0] == "DIV" and b == 0:
        return "ERROR division by zero"
    r = {"ADD": a + b, "SUB": a - b, "MUL": a * b}.get(mots[0])
    return "RESULT " + str(a // b if r is None else r)


ecoute = socket.create_server(("", 5050))
while True:
    client, _ = ecoute.accept()
    flux = client.makefile("r")
    for ligne in flux:
        if ligne == "QUIT\n":
            print("BYE")
            break
        print(repondre(ligne))
    flux.close()
    client.close()
