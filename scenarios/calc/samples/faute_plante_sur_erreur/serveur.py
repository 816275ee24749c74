import socket

ecoute = socket.create_server(("", 5050))
while True:
    client, _ = ecoute.accept()
    flux = client.makefile("r")
    for ligne in flux:
        if ligne == "QUIT\n":
            client.sendall(b"BYE\n")
            break
        op, a, b = ligne.split()
        a, b = int(a), int(b)
        if op == "ADD":
            r = a + b
        elif op == "SUB":
            r = a - b
        elif op == "MUL":
            r = a * b
        elif op == "DIV":
            r = a // b
        else:
            client.sendall(b"ERROR unknown command\n")
            continue
        client.sendall(f"RESULT {r}\n".encode())
    flux.close()
    client.close()
