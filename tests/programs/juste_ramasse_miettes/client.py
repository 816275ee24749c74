import socket


def dialogue():
    tuyau = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tuyau.connect(("localhost", 65432))
    texte = tuyau.recv(1024).decode()
    tuyau.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    tuyau.send("Serveur 65432, je vous dis au revoir".encode())
    return texte


print(dialogue())
