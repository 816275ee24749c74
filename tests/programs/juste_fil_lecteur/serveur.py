import socket
import threading

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 65432))
s.listen(1)
arrive = threading.Condition()
clients = []


def portier():
    conn, addr = s.accept()
    with arrive:
        clients.append(conn)
        arrive.notify_all()


threading.Thread(target=portier, daemon=True).start()
with arrive:
    arrive.wait_for(lambda: clients)
(conn,) = clients
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
print("1.", conn.recv(1024).decode())
print("2.", conn.recv(1024).decode())
conn.close()
s.close()
