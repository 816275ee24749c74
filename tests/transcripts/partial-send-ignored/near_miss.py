# plays: client-message
# finds: 
import socket

texte = ' '.join(f'mot{n}' for n in range(3000))
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2304)
s.connect(('localhost', 65432))
s.sendall(texte.encode())
s.close()
