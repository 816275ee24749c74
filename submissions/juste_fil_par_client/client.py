import queue
import socket
import threading

messages = queue.Queue()
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))


def lecture():
    messages.put(s.recv(1024).decode())


threading.Thread(target=lecture).start()
print("Serveur :", messages.get())
s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
s.send("Serveur 65432, je vous dis au revoir".encode())
s.close()
