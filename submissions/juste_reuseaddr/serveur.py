import socket
import sys

PORT = 65432
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)   # pour pouvoir relancer tout de suite
try:
    s.bind(('', PORT))
    s.listen(1)
    conn, addr = s.accept()
    try:
        conn.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode('utf8'))
        msg1 = conn.recv(1024).decode('utf8')
        print(">", msg1)
        msg2 = conn.recv(1024).decode('utf8')
        print(">", msg2)
    finally:
        conn.close()
except OSError as e:
    print("Erreur :", e)
    sys.exit(1)
finally:
    s.close()
sys.exit(0)
