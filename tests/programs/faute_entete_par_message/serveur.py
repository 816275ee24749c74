import socket


def recevoir(conn):
    entete = conn.recv(4, socket.MSG_WAITALL)
    numero = int.from_bytes(entete[:2], "big")
    taille = int.from_bytes(entete[2:], "big")
    return f"n° {numero} : " + conn.recv(taille, socket.MSG_WAITALL).decode()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print(recevoir(conn))
print(recevoir(conn))
conn.close()
s.close()
