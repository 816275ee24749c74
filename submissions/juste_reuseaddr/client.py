import socket
import time

while True:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        s.connect(('localhost', 65432))
        break
    except ConnectionRefusedError:
        print("Le serveur n'est pas encore lancé, nouvel essai...")
        s.close()
        time.sleep(0.3)

print(">", s.recv(1024).decode('utf8'))
s.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode('utf8'))
s.sendall("Serveur 65432, je vous dis au revoir".encode('utf8'))
s.close()
