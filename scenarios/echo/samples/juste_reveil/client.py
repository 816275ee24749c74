import signal
import socket

# Un réveil sonne toutes les 0,3 s : à chaque fois, une ligne part.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
client = socket.create_connection(("localhost", 7007))
reponses = client.makefile("r", encoding="utf-8", newline="\n")
signal.setitimer(signal.ITIMER_REAL, 0.3, 0.3)
for texte in ("Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"):
    signal.sigwait([signal.SIGALRM])
    client.sendall(texte.encode() + b"\n")
    print(reponses.readline().rstrip("\n"))
reponses.close()
client.close()
