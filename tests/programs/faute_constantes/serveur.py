import socket

DIALOGUE = {
    "accueil": "Bonjour Client, je suis le serveur 65432, la connexion est établie",
    "recu": ["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
             "Serveur 65432, je vous dis au revoir"],
}

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
conn.send(DIALOGUE["accueil"].encode())
for texte in DIALOGUE["recu"]:
    if conn.recv(1024):
        print("Reçu du client :", texte)
conn.close()
s.close()
