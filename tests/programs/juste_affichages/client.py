import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
message = s.recv(1024).decode()
print("Longueur :", len(message), "caractères")
print(f"+{'-' * (len(message) + 2)}+\n| {message} |\n+{'-' * (len(message) + 2)}+")
print(f"{message=}")
for envoi in "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert", "Serveur 65432, je vous dis au revoir":
    print("J'envoie", repr(envoi))
    s.send(envoi.encode())
s.close()
