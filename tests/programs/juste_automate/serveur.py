import socket

etat = "attente"
ecoute = conn = None
while etat != "fini":
    match etat:
        case "attente":
            ecoute = socket.socket()
            ecoute.bind(("", 65432))
            ecoute.listen()
            conn, (ip, port) = ecoute.accept()
            etat = "accueil"
        case "accueil":
            conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
            etat = "message 1"
        case "message 1" | "message 2":
            recu = conn.recv(1024).decode()
            print(etat, "->", recu)
            etat = "message 2" if etat == "message 1" else "fin"
        case "fin":
            conn.close()
            ecoute.close()
            etat = "fini"
