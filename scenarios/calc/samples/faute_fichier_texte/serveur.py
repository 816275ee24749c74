import socket


def repondre(mots):
    if not mots or mots[0] not in ("ADD", "SUB", "MUL", "DIV"):
        return "ERROR unknown command"
    try:
        a, b = map(int, mots[1:])
        resultats = {"ADD": a + b, "SUB": a - b, "MUL": a * b}
        return f"RESULT {a // b if mots[0] == 'DIV' else resultats[mots[0]]}"
    except ValueError:
        return "ERROR bad arguments"
    except ZeroDivisionError:
        return "ERROR division by zero"


ecoute = socket.create_server(("", 5050))
while True:
    client, _ = ecoute.accept()
    # Le même fichier texte pour lire et pour écrire : write() oublie ce qui était lu d'avance.
    with client, client.makefile("rw", newline="\n") as f:
        for ligne in f:
            if ligne == "QUIT\n":
                print("BYE", file=f, flush=True)
                break
            print(repondre(ligne.split()), file=f, flush=True)
