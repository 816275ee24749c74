import select
import socket

c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
c.connect(("localhost", 65432))
c.setblocking(False)
ep = select.epoll()
ep.register(c.fileno(), select.EPOLLIN)
recu = b""
while not recu:
    for numero, evenement in ep.poll():
        if evenement & select.EPOLLIN:
            recu = c.recv(1024)
print(recu.decode())
ep.unregister(c.fileno())
ep.close()
c.setblocking(True)
c.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
c.sendall("Serveur 65432, je vous dis au revoir".encode())
c.close()
