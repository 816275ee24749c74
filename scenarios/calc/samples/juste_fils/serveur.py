# Un fil par client : plus que ce qui est demandé.
import re
import socket
import threading


def repondre(ligne):
    if not re.match(r"(ADD|SUB|MUL|DIV)( |$)", ligne):
        return "ERROR unknown command"
    trouve = re.fullmatch(r"(\w+) (-?\d+) (-?\d+)", ligne)
    if trouve is None:
        return "ERROR bad arguments"
    op, a, b = trouve[1], int(trouve[2]), int(trouve[3])
    if op == "DIV" and b == 0:
        return "ERROR division by zero"
    return f"RESULT {dict(ADD=a + b, SUB=a - b, MUL=a * b).get(op) if op != 'DIV' else a // b}"


def servir(connexion):
    with connexion, connexion.makefile("rb") as lignes:
        for ligne in lignes:
            ligne = ligne.decode("utf-8", "replace").rstrip("\r\n")
            if ligne == "QUIT":
                connexion.sendall(b"BYE\n")
                break
            connexion.sendall(f"{repondre(ligne)}\n".encode())


ecoute = socket.create_server(("", 5050))
while True:
    connexion, _ = ecoute.accept()
    threading.Thread(target=servir, args=(connexion,)).start()
