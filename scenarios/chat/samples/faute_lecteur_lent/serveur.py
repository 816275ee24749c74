import socket
import threading

verrou = threading.Lock()
presents = {}


def diffuser(texte, sauf):
    with verrou:
        for nom, conn in presents.items():
            if nom != sauf:
                conn.sendall((texte + "\n").encode())


def servir(conn):
    flux = conn.makefile("r", encoding="utf-8", newline="\n")
    nom = None
    try:
        nom = flux.readline().strip()
        conn.sendall(f"WELCOME {nom}\n".encode())
        with verrou:
            presents[nom] = conn
        diffuser(f"JOIN {nom}", nom)
        for ligne in flux:
            diffuser(f"{nom}: {ligne.rstrip()}", nom)
    except OSError:
        pass
    with verrou:
        presents.pop(nom, None)
    diffuser(f"LEAVE {nom}", nom)
    flux.close()
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7171))
s.listen()
while True:
    conn, _ = s.accept()
    threading.Thread(target=servir, args=(conn,)).start()
