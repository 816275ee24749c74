import signal
import socket


def trop_long(signum, frame):
    print("Pas de réponse du serveur")
    raise SystemExit(1)


signal.signal(signal.SIGALRM, trop_long)
signal.setitimer(signal.ITIMER_REAL, 8.5)

c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
c.connect(('localhost', 65432))
print(c.recv(1024).decode())
c.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
c.send("Serveur 65432, je vous dis au revoir".encode())
c.close()
