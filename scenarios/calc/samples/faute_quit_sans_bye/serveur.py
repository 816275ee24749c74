import socket


def repondre(ligne):
    mots = ligne.split()
    if not mots or mots[0] not in ("ADD", "SUB", "MUL", "DIV"):
        return "ERROR Unknown command."
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
        return "ERROR Bad arguments."
    except ZeroDivisionError:
        return "ERROR Division by zero."
    return f"RESULT {r}"


ecoute = socket.create_server(("", 5050))
while True:
    client, _ = ecoute.accept()
    with client, client.makefile("r") as f:
        for ligne in f:
            if ligne == "QUIT\n":
                break
            client.sendall(f"{repondre(ligne)}\n".encode())
