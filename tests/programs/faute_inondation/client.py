import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
print(s.recv(1024).decode())
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
reponse = b""
while reponse != b"fin":
    reponse = s.recv(1024)
    print("J'attends que le serveur dise fin, il a dit", reponse, "-" * 400)
s.close()
