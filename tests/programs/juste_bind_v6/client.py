import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', 0))
print("Mon port :", s.getsockname()[1])
s.connect(('', 65432))
data = s.recv(1024)
print("Message :", data.decode(errors="replace"))
s.send(b'Bonjour Serveur 65432, nous sommes donc dans la phase de transfert')
s.send(b'Serveur 65432, je vous dis au revoir')
s.close()
