import socket
import time

PORT = 5050


def calculer(ligne):
    mots = ligne.split(" ")
    commande = mots[0]
    if commande not in ("ADD", "SUB", "MUL", "DIV"):
        return "ERROR unknown command"
    if len(mots) != 3:
        return "ERROR bad arguments"
    try:
        a = int(mots[1])
        b = int(mots[2])
    except ValueError:
        return "ERROR bad arguments"
    if commande == "ADD":
        resultat = a + b
    elif commande == "SUB":
        resultat = a - b
    elif commande == "MUL":
        resultat = a * b
    else:
        if b == 0:
            return "ERROR division by zero"
        resultat = a // b
    return "RESULT " + str(resultat)


ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", PORT))
ecoute.listen(5)

while True:
    client, adresse = ecoute.accept()
    client.settimeout(0.5)
    print("Nouveau client :", adresse)
    tampon = b""
    fini = False
    while not fini:
        try:
            donnees = client.recv(1024)
        except TimeoutError:
            continue
        if not donnees:
            break
        tampon += donnees
        while b"\n" in tampon and not fini:
            ligne, tampon = tampon.split(b"\n", 1)
            for _ in range(3):
                time.sleep(0.01)
            texte = ligne.decode("utf-8", "replace")
            if texte == "QUIT":
                client.sendall(b"BYE\n")
                fini = True
            else:
                client.sendall((calculer(texte) + "\n").encode("utf-8"))
    client.close()
