import select
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
while True:
    lisible, _, _ = select.select([s], [], [], 1.0)
    if lisible:
        print(s.recv(1024, socket.MSG_DONTWAIT).decode())
        break
    print(".", end="", flush=True)
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
