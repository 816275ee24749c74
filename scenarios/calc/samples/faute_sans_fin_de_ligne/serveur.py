import socket


def repondre(ligne):
    mots = ligne.split()
    if not mots or mots[0] not in ("ADD", "SUB", "MUL", "DIV"):
        return "ERROR unknown command"
    try:
        a, b = map(int, mots[1:])
        if mots[0] == "ADD":
            r = a + b
        elif mots[0] == "SUB":
            r = a - b
        elif mots[0] == "MUL":
            r = a * b
        else:
            r = a // b
    except ValueError:
        return "ERROR bad arguments"
    except ZeroDivisionError:
        return "ERROR division by zero"
    return f"RESULT {r}"


ecoute = socket.create_server(("", 5050))
while True:
    client, _ = ecoute.accept()
    with client, client.makefile("r") as f:
        for ligne in f:
            if ligne == "QUIT\n":
                client.sendall(b"BYE")
                break
            client.sendall(repondre(ligne).encode())
