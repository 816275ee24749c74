import socket

ecoute = socket.create_server(("", 5050))


def servir(client):
    flux = client.makefile("r")
    for ligne in flux:
        mots = ligne.split()
        if mots == ["QUIT"]:
            client.sendall(b"BYE\n")
            return
        if mots[0] not in ("ADD", "SUB", "MUL", "DIV"):
            client.sendall(b"ERROR unknown command\n")
            return
        try:
            a, b = int(mots[1]), int(mots[2])
            if len(mots) > 3:
                raise IndexError
            r = {"ADD": a.__add__, "SUB": a.__sub__, "MUL": a.__mul__, "DIV": a.__floordiv__}[mots[0]](b)
        except (ValueError, IndexError):
            client.sendall(b"ERROR bad arguments\n")
            return
        except ZeroDivisionError:
            client.sendall(b"ERROR division by zero\n")
            return
        client.sendall(f"RESULT {r}\n".encode())


while True:
    client, _ = ecoute.accept()
    servir(client)
    client.shutdown(socket.SHUT_RDWR)
    client.close()
