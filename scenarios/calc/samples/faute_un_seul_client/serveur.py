import socket

OPERATIONS = {
    "ADD": lambda a, b: a + b,
    "SUB": lambda a, b: a - b,
    "MUL": lambda a, b: a * b,
    "DIV": lambda a, b: a // b,
}


def repondre(ligne):
    commande, *reste = ligne.split(" ")
    if commande not in OPERATIONS:
        return "ERROR unknown command"
    try:
        a, b = [int(x) for x in reste]
        return f"RESULT {OPERATIONS[commande](a, b)}"
    except ValueError:
        return "ERROR bad arguments"
    except ZeroDivisionError:
        return "ERROR division by zero"


s = socket.create_server(("", 5050))
conn, _ = s.accept()
tampon = ""
while "QUIT\n" not in tampon:
    tampon += conn.recv(1024).decode()
    *lignes, tampon = tampon.split("\n")
    for ligne in lignes:
        if ligne == "QUIT":
            conn.sendall(b"BYE\n")
            tampon = "QUIT\n"
        else:
            conn.sendall(f"{repondre(ligne)}\n".encode())
conn.close()
s.close()
