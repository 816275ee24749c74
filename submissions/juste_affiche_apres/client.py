import socket
import time

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("localhost", 65432))
message = client.recv(1024)
client.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
client.sendall("Serveur 65432, je vous dis au revoir".encode())
client.close()
time.sleep(0.7)
print(message.decode())
