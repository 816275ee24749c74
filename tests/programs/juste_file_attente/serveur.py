import queue
import socket
import threading

boite = queue.Queue()


def facteur(conn):
    """Met le courrier dans la boîte."""
    conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    for _ in range(2):
        boite.put(conn.recv(1024))
    boite.put(None)
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
conn, addr = s.accept()
t = threading.Thread(target=facteur, args=[conn], name="facteur")
t.start()
while (courrier := boite.get()) is not None:
    print("Courrier :", courrier.decode())
t.join()
s.close()
