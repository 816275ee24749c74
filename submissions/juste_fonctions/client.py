import socket

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
    s.connect(("localhost", 65432))
    print("Message du serveur :", s.recv(1024).decode("utf-8").strip())
    s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert\n".encode("utf-8"))
    s.send("Serveur 65432, je vous dis au revoir\n".encode("utf-8"))
print("Connexion fermée")
