import socket
import textwrap
import time


def ligne(c="="):
    print(c * 40)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
ligne()
print("SERVEUR DU TP 9".center(40))
ligne()
conn, addr = s.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
for n in 1, 2:
    message = conn.recv(1024).decode()
    print(time.strftime("%H:%M:%S"), "message", n)
    print(textwrap.fill(message, width=30, initial_indent="   ", subsequent_indent="   "))
    ligne("-")
conn.close()
s.close()
