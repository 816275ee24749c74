import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(('localhost', 65432))
print(client.recv(1024).decode())
m1 = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
m2 = "Serveur 65432, je vous dis au revoir"
client.send((m1 + m2).encode())
client.close()
