import socket


def calculer(texte):
    mots = texte.split()
    if not mots or mots[0] not in ("ADD", "SUB", "MUL", "DIV"):
        return "ERROR unknown command"
    try:
        a, b = [int(m) for m in mots[1:]]
    except ValueError:
        return "ERROR bad arguments"
    if mots[0] == "ADD":
        return f"RESULT {a + b}"
    if mots[0] == "SUB":
        return f"RESULT {a - b}"
    if mots[0] == "MUL":
        return f"RESULT {a * b}"
    if b == 0:
        return "ERROR division by zero"
    return f"RESULT {a // b}"


s = socket.create_server(("", 5050))
while True:
    conn, addr = s.accept()
    while True:
        data = conn.recv(1024)
        if not data:
            break
        texte = data.decode().strip()
        if texte == "QUIT":
            conn.sendall(b"BYE\n")
            break
        conn.sendall((calculer(texte) + "\n").encode())
    conn.close()
