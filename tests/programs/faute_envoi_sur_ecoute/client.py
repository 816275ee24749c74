import socket
import threading

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
parole = threading.Thread(target=s.sendall, args=("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode(),))
parole.start()
parole.join()
print("réponse :", s.recv(1024).decode())
s.sendall("Serveur 65432, je vous dis au revoir".encode())
s.close()
