import queue
import socket
import threading

# Un fil lit les réponses et les passe au programme, qui envoie la ligne suivante.
s = socket.create_connection(("localhost", 7007))
reponses = queue.Queue()


def lecture():
    tampon = b""
    while recu := s.recv(100):
        tampon += recu
        while b"\n" in tampon:
            ligne, tampon = tampon.split(b"\n", 1)
            reponses.put(ligne.decode())


threading.Thread(target=lecture, daemon=True).start()
for texte in ("Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"):
    s.sendall(texte.encode() + b"\n")
    print(reponses.get())
s.shutdown(socket.SHUT_RDWR)
s.close()
