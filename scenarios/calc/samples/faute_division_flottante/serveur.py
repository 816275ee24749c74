import socket


def calculer(mots):
    if mots[0] == "ADD":
        return int(mots[1]) + int(mots[2])
    if mots[0] == "SUB":
        return int(mots[1]) - int(mots[2])
    if mots[0] == "MUL":
        return int(mots[1]) * int(mots[2])
    if mots[0] == "DIV":
        return int(mots[1]) / int(mots[2])
    return None


def repondre(ligne):
    mots = ligne.split()
    try:
        resultat = calculer(mots)
        if resultat is not None and len(mots) > 3:
            return "ERROR bad arguments"
    except ZeroDivisionError:
        return "ERROR division by zero"
    except (ValueError, IndexError):
        return "ERROR bad arguments"
    if resultat is None:
        return "ERROR unknown command"
    return f"RESULT {resultat}"


ecoute = socket.create_server(("", 5050))
while True:
    client, _ = ecoute.accept()
    with client, client.makefile("r", newline="\n") as f:
        for ligne in f:
            if ligne.strip() == "QUIT":
                client.sendall(b"BYE\n")
                break
            client.sendall(f"{repondre(ligne)}\n".encode())
