import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(('localhost', 65432))

message = client.recv(1024)
print(message.decode())

client.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
client.send("Serveur 65432, je vous dis au revoir".encode())

client.close()
