# plays: client-line
# finds: 
import socket

s = socket.socket()
s.connect(('localhost', 65432))
s.send(b'Bonjour, voici ma ligne')
s.recv(1024)
s.close()
